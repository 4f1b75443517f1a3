"""From whatever the operator pasted to payment ids, each with the place it came from.

The way of a text::

    scrubbed = drop_secrets(pasted)                     # secrets.py, before any field shows it
    findings = find_ids(read_text(scrubbed.text))       # readers.py, find_ids.py
    findings = find_ids(read_text_file(path), stop, progress)

`readers`
    `read_text(text, source="")` and `read_text_file(path)` give an iterator of `Piece(text,
    place)`, one for each line; `Place(source, line, column)`. What can't be read raises
    `TooLarge(source, limit, unit)` or `Unreadable(source, errno)`, both a `ReadError`, before the
    first piece. Another kind of file is another function here; a row of cells is a line with tabs.

`find_ids`
    `find_ids(pieces, stop=None, progress=None)` gives `Findings`: `found` (`Found(intent_id,
    places, hint)`), `rejected` (`Rejected(text, place, why, length)`, `can_add`; `Why`),
    `duplicates`, `cleaned`, `keys_dropped`, `cards_dropped`, `stopped`, `nothing_found`. It never
    raises, whatever the text. It is plain computing: run it off the GUI thread.

`secrets`
    `drop_secrets(text)` gives `Scrubbed(text, keys, cards)`: the same text with a block for each
    character of a secret. `find_ids` does it to every line by itself.

What is told of as rejected, and what not:

- What starts like an id and goes on as no name does (a digit, a capital), in any case and with
  any look-alike; what an id is stuck to; and the ids of other things that are known by name. An
  event or account beside an id is not: every webhook's body has them.
- A short line in which every word has a digit (order numbers, a link without an id), unless one
  is an amount, a date or a time: somebody may have meant these as payments. Prose never is.
- A row between tabs without an id, where other rows of the same source have one in a cell.

Nothing is guessed. Hidden characters and no-break spaces are taken out of ids, percent escapes
are undone; case, look-alikes and line breaks stay as they are.
"""
