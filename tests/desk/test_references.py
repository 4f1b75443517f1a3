"""From a list of order numbers to payments: the same text, or alike and said so, never a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cancel_desk.desk.intake.readers import TooLarge, read_text
from cancel_desk.desk.references import MAX_REFERENCES, alike, read_references

from .facts import an_id, intent

KEY = "sk_prod_CanaryCanaryCanary"
CARD = "4111 1111 1111 1111"


def read(text):
    return read_references(read_text(text))


def listed(text) -> list[str]:
    """The references in a text, when nothing is known of any."""
    return [each.reference for each in read(text).match([]).each]


def payments(*references):
    return [
        intent(intent_id=an_id(number), reference=reference)
        for number, reference in enumerate(references)
    ]


def outcome(text, *references) -> dict[str, tuple[int, ...]]:
    """By reference the numbers of its payments, in the order of `references`."""
    numbers = {each.id: number for number, each in enumerate(payments(*references))}
    matches = read(text).match(payments(*references))
    return {
        each.reference: tuple(numbers[found.id] for found in each.intents) for each in matches.each
    }


class TestReading:
    @pytest.mark.parametrize(
        ("text", "expected"),
        {
            "": [],
            " \n\t\n , , \n": [],
            "Order 1": ["Order 1"],
            "Order 2\nOrder 1\n\n  Order 3  \r\n": ["Order 2", "Order 1", "Order 3"],
            # all in one line
            "1, 2;x, 3": ["1, 2", "x, 3"],
            "48211, 48213,48217": ["48211", "48213", "48217"],
            "48211; 48213 ;48217;": ["48211", "48213", "48217"],
            "48211\t48213": ["48211", "48213"],
            # rows: the first column alone
            "Order 1\t£4.50\tSmith\nOrder 2\t£1.00\tJones": ["Order 1", "Order 2"],
            "Order 1,4.50\nOrder 2,1.00": ["Order 1", "Order 2"],
            "Order 1;4,50\nOrder 2;1,00": ["Order 1", "Order 2"],
            '"Order 1","4.50"\n"Order 2","1.00"': ["Order 1", "Order 2"],
            "Order 1,\nOrder 2,\nOrder 3": ["Order 1", "Order 2", "Order 3"],
            # an empty first column is none, an empty cell of it is no reference
            "\tOrder 1\t£4.50\n\tOrder 2\t£1.00": ["Order 1", "Order 2"],
            "Order 1\t£4.50\n\t£1.00\nOrder 3\t": ["Order 1", "Order 3"],
            # quotes
            '"Booking 5, Smith"\n"Booking 6, Jones"': ["Booking 5, Smith", "Booking 6, Jones"],
            '"Order 1\nOrder 2': ["Order 1", "Order 2"],
            '15" screen\n17" screen': ['15" screen', '17" screen'],
            '"the ""blue"" one"\nx': ['the "blue" one', "x"],
        }.items(),
    )
    def test_each_form(self, text, expected):
        assert listed(text) == expected

    def test_it_tells_when_only_the_first_column_counts(self):
        assert read("Order 1\t£4.50\nOrder 2").first_column
        assert not read("Order 1\nOrder 2").first_column
        assert not read("Order 1,\nOrder 2,").first_column
        assert not read("1, 2, 3").first_column

    def test_what_occurs_again_is_merged_and_counted(self):
        matches = read("b\na\nb\nB\nb").match([])
        assert [each.reference for each in matches.each] == ["b", "a", "B"]
        assert matches.duplicates == 2

    def test_each_keeps_the_place_where_it_stood_first(self):
        matches = read_references(read_text("\nx\ny\nx", "orders.csv")).match([])
        assert [(m.place.source, m.place.line) for m in matches.each] == [
            ("orders.csv", 2),
            ("orders.csv", 3),
        ]

    def test_keys_and_card_numbers_are_dropped_and_counted(self):
        brought = read(f"Order 1\n{KEY}\nOrder 2\t{CARD}\n{CARD}\tx\nOrder 3")
        assert listed(brought.text()) == ["Order 1", "Order 2", "Order 3"]
        assert (brought.keys_dropped, brought.cards_dropped) == (1, 2)
        for said in (repr(brought), repr(brought.match([])), brought.text()):
            assert "Canary" not in said
            assert "1111" not in said

    def test_as_many_as_come_in_at_once(self):
        lines = [f"Order {number}" for number in range(MAX_REFERENCES)]
        assert len(read("\n".join(lines)).lines) == MAX_REFERENCES
        for too_many in ("\n".join([*lines, "x"]), ",".join([*lines, "x"])):
            with pytest.raises(TooLarge) as raised:
                read(too_many)
            assert raised.value.limit == MAX_REFERENCES

    @pytest.mark.parametrize("text", ["x" * 200_000, '"' + "x" * 200_000, "\0,\x0b\n\0"])
    def test_odd_texts_are_survived(self, text):
        read(text).match(payments("Order 1"))


class TestMatching:
    def test_one_several_none(self):
        text = "Order 3\nOrder 1\nOrder 2\nOrder 9"
        references = ["Order 1", "Order 2", "Order 3", "Order 2", "Order 4"]
        assert outcome(text, *references) == {
            "Order 3": (2,),
            "Order 1": (0,),
            "Order 2": (1, 3),
            "Order 9": (),
        }
        matches = read(text).match(payments(*references))
        assert [each.reference for each in matches.one] == ["Order 3", "Order 1"]
        assert [each.reference for each in matches.several] == ["Order 2"]
        assert [each.reference for each in matches.none] == ["Order 9"]

    @pytest.mark.parametrize(
        ("listed", "reference"),
        [
            ("ORDER 1", "Order 1"),
            ("Order  1", "Order 1"),
            ("Order\u00a01", "Order 1"),
            ("Order 1", " Order 1 "),
            ("Or\u200bder 1", "Order 1"),
            ("Order 1", "\u202eOrder 1"),
            ("STRASSE 5", "Straße 5"),
        ],
    )
    def test_capitals_and_white_space_may_differ_and_that_is_said(self, listed, reference):
        match = read(listed).match(payments(reference)).each[0]
        assert len(match.intents) == 1
        assert match.alike

    @pytest.mark.parametrize(
        ("listed", "reference"),
        [
            ("Order 1", "Order 11"),
            ("1", "Order 1"),
            ("Order 1", "Order1"),
            ("A1 2", "A 12"),
            ("Order O", "Order 0"),
            ("0048211", "48211"),
            ("Order 1", None),
        ],
    )
    def test_nothing_else_is_taken_for_the_same(self, listed, reference):
        assert read(listed).match(payments(reference)).each[0].intents == ()

    def test_the_same_text_comes_before_one_that_is_alike(self):
        assert outcome("order 1", "Order 1", "order 1", "ORDER 1") == {"order 1": (1,)}
        match = read("order 1").match(payments("Order 1", "order 1")).each[0]
        assert not match.alike

    def test_several_that_are_alike_are_several(self):
        assert outcome("order 1", "Order 1", "ORDER 1") == {"order 1": (0, 1)}

    def test_a_line_that_is_a_reference_as_a_whole_is_not_taken_apart(self):
        references = ["Booking 5, Smith", "Booking 5"]
        assert outcome("Booking 5, Smith", *references) == {"Booking 5, Smith": (0,)}
        assert outcome("booking 5,  smith\nx", *references) == {
            "booking 5,  smith": (0,),
            "x": (),
        }
        assert outcome("Booking 5, Jones\nx", *references) == {"Booking 5": (1,), "x": ()}
        assert outcome('"Booking 5, Jones"\nx', *references) == {"Booking 5, Jones": (), "x": ()}


def test_what_is_wanted_is_known_before_the_payments_are():
    brought = read("Booking 5, Smith\nORDER  1")
    assert brought.wanted() == {"booking 5, smith", "booking 5", "order 1"}


LETTERS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@given(st.lists(LETTERS, max_size=8), st.sampled_from("\n\t;,"))
def test_a_list_reads_the_same_when_it_is_written_out(parts, delimiter):
    brought = read(delimiter.join(parts))
    again = read(brought.text())
    assert [line.cells for line in again.lines] == [
        (cell,) for line in brought.lines for cell in line.cells
    ]


@given(st.lists(LETTERS.filter(lambda text: text == text.strip() and text), min_size=1))
def test_every_payment_is_found_by_its_own_reference(references):
    """Among whatever others, in a list that is quoted as spreadsheets do."""
    quoted = "\n".join('"{}"'.format(text.replace('"', '""')) for text in references)
    brought = read(quoted)
    if brought.keys_dropped or brought.cards_dropped:
        return
    found = brought.match(payments(*references))
    for match in found.each:
        assert match.intents
        assert all(alike(match.reference) == alike(each.reference) for each in match.intents)
