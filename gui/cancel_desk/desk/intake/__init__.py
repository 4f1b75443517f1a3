"""From whatever the operator brought to payment ids, each with the place it came from.

The way of a text::

    scrubbed = drop_secrets(pasted)                     # before any field shows it
    findings = find_ids(read_text(scrubbed.text))

and of files, off the GUI thread::

    pieces = itertools.chain.from_iterable(read_file(path, stop, progress) for path in paths)
    findings = find_ids(pieces, stop)

`readers`
    `read_text(text)`, `read_html(html)` and `read_file(path, stop, progress)` give pieces. A file
    is read as what it is: `lines`, `json_values`, `html_text`, `mail`, `workbook` (behind
    `packages`, which looks whether it is safe); `kinds` and `decoding` tell what it is.

`pieces`
    `Piece(text, place, role)` and `Place(source, line, column, sheet, part)`.

`errors`
    Why nothing was read: `TooLarge(source, limit, unit)`, `Unsupported(source, kind)`,
    `Unreadable(source, errno)`, each a `ReadError`. `Stopped` is none: it ends a reading early.

`reading`
    The limits, and how far a reading is.

`find_ids`
    `find_ids(pieces, stop, progress)` gives `Findings`: `found` (`Found(intent_id, places,
    hint)`), `rejected` (`Rejected(text, place, why, length)`, `can_add`; `Why`), `duplicates`,
    `cleaned`, `keys_dropped`, `cards_dropped`, `stopped`, `nothing_found`.

`secrets`
    `drop_secrets(text)` gives `Scrubbed(text, keys, cards)`: the same text with a block for each
    character of a secret. `find_ids` does it to every piece by itself, the readers do it to names.

What is told of as rejected, and what not:

- What starts like an id and goes on as no name does (a digit, a capital), in any case and with
  any look-alike; what an id is stuck to; and the ids of other things that are known by name. An
  event or account beside an id is not: every webhook's body has them.
- A short line in which every word has a digit (order numbers, a link without an id), unless one
  is an amount, a date or a time: somebody may have meant these as payments. Prose never is, nor
  a value that JSON or a mail's header gives a name.
- A row without an id, where rows of the same table have one alone in a cell.
- A mail's attachment that can't be read, unless it is a picture.

Nothing is guessed. Hidden characters and no-break spaces are taken out of ids, percent escapes
are undone; case, look-alikes and line breaks stay as they are.
"""
