"""What a screen reader sees and does: the accessibility tree, over D-Bus and nothing else."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntFlag
from typing import TypeVar

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    Properties,
    message_bus,
    new_method_call,
)
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection
from jeepney.low_level import MessageFlag
from jeepney.wrappers import DBusErrorResponse, unwrap_msg

_ANSWERS_WITHIN = 10.0  # seconds
_HAPPENS_WITHIN = 20.0
_LOOK_EVERY = 0.1  # when nothing is told meanwhile

_ATSPI = "org.a11y.atspi"
_REGISTRY = f"{_ATSPI}.Registry"
_ROOT = "/org/a11y/atspi/accessible/root"
_LABELLED_BY = 2

T = TypeVar("T")


class State(IntFlag):
    """Those of AT-SPI's states that matter here, by their numbers in its StateType."""

    ACTIVE = 1 << 1
    CHECKED = 1 << 4
    ENABLED = 1 << 8
    FOCUSABLE = 1 << 11
    FOCUSED = 1 << 12
    SHOWING = 1 << 25


class GoneError(LookupError):
    """The object was there and is not any more."""


@dataclass(frozen=True, slots=True)
class Node:
    """An object of the tree. What it tells is asked anew each time."""

    bus: str
    path: str
    _tree: "Tree" = field(compare=False, repr=False)

    @property
    def name(self) -> str:
        """What is spoken."""
        return self._tree.get(self, "Accessible", "Name")

    @property
    def label(self) -> str:
        """What is spoken before the name: the text of the label that belongs to it."""
        relations = self._tree.ask(self, "Accessible", "GetRelationSet")
        labels = [
            target for kind, targets in relations if kind == _LABELLED_BY for target in targets
        ]
        return " ".join(self._tree.node(*label).name for label in labels)

    @property
    def description(self) -> str:
        return self._tree.get(self, "Accessible", "Description")

    @property
    def id(self) -> str:
        """The object name; where it has none the name of its class."""
        return self._tree.get(self, "Accessible", "AccessibleId").rpartition(".")[2]

    @property
    def role(self) -> str:
        return self._tree.ask(self, "Accessible", "GetRoleName")

    @property
    def states(self) -> State:
        low, high = self._tree.ask(self, "Accessible", "GetState")
        return State(low | high << 32)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Where it is on the screen: left, top, width, height."""
        return tuple(self._tree.ask(self, "Component", "GetExtents", "u", 0))

    @property
    def text(self) -> str:
        return self._tree.ask(self, "Text", "GetText", "ii", 0, -1)

    @property
    def children(self) -> list["Node"]:
        return [
            self._tree.node(*child) for child in self._tree.ask(self, "Accessible", "GetChildren")
        ]

    @property
    def actions(self) -> dict[str, str]:
        """What can be done with it, and the keys that do it."""
        return {name: keys for name, _, keys in self._tree.ask(self, "Action", "GetActions")}

    def has(self, states: State) -> bool:
        return self.states & states == states

    def within(self) -> Iterator["Node"]:
        """Yield what is shown in it, itself first, in the order in which it would be read.

        A table's cells are left out: there may be thousands.
        """
        if not self.has(State.SHOWING):
            return
        yield self
        if self.role != "table":
            for child in self.children:
                yield from child.within()

    def find(self, name: str) -> "Node":
        """Return what is shown in it under an object name."""
        for node in self.within():
            if node.id == name:
                return node
        raise GoneError(f"no {name} is shown")

    def do(self, action: str) -> None:
        """Have it done. The answer isn't waited for: it may come when a dialog is closed."""
        number = list(self.actions).index(action)
        self._tree.tell(self, "Action", "DoAction", "i", number)

    def write(self, text: str) -> None:
        """Replace a field's text."""
        self._tree.ask(self, "EditableText", "SetTextContents", "s", text)

    @property
    def rows(self) -> list[dict[str, "Node"]]:
        """A table's cells, row by row, under the names of their columns."""
        height, width = (self._tree.get(self, "Table", name) for name in ("NRows", "NColumns"))

        def part(method: str, *place: int) -> Node:
            return self._tree.node(*self._tree.ask(self, "Table", method, "i" * len(place), *place))

        heads = [part("GetColumnHeader", column).name for column in range(width)]
        return [
            {head: part("GetAccessibleAt", row, column) for column, head in enumerate(heads)}
            for row in range(height)
        ]


class Tree:
    """One program's objects, and what they have told since it was looked at.

    Args:
        address: of the session's bus.
    """

    def __init__(self, address: str) -> None:
        with open_dbus_connection(address) as session:
            launcher = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
            [bus] = unwrap_msg(
                session.send_and_get_reply(
                    new_method_call(launcher, "GetAddress"), timeout=_ANSWERS_WITHIN
                )
            )
        self._bus: DBusConnection = open_dbus_connection(bus)
        self.announced: list[str] = []  # what a screen reader was asked to say
        self._shown: deque[Node] = deque(maxlen=100)
        self._told: deque[Message] = deque()
        rule = MatchRule(type="signal", interface=f"{_ATSPI}.Event.Object")
        self._bus.filter(rule, queue=self._told)
        Proxy(message_bus, self._bus).AddMatch(rule)
        registry = Node(_REGISTRY, "/org/a11y/atspi/registry", self)
        for event in ("object:announcement", "object:state-changed"):
            self.ask(registry, "Registry", "RegisterEvent", "sass", event, [], "")

    def close(self) -> None:
        self._bus.close()

    def node(self, bus: str, path: str) -> Node:
        """Return an object by its address; one that has gone has none."""
        if not bus:
            raise GoneError("what was just there has gone")
        return Node(bus, path, self)

    def application(self, process: int) -> Node:
        """Return the tree's root in a process."""
        bus = Proxy(message_bus, self._bus)
        for node in self.node(_REGISTRY, _ROOT).children:
            if bus.GetConnectionUnixProcessID(node.bus) == (process,):
                return node
        raise GoneError("the program is not in the tree")

    def menu(self) -> Node:
        """Return the menu that is open. It is no other object's child: only events tell of it."""
        for node in reversed(self._shown):
            with suppress(GoneError):
                if node.role == "popup menu" and node.has(State.SHOWING):
                    return node
        raise GoneError("no menu is open")

    # Questions

    def ask(self, node: Node, interface: str, method: str, signature: str = "", *args: object):
        """Call a method of an object, and return what it answers."""
        address = DBusAddress(node.path, node.bus, f"{_ATSPI}.{interface}")
        answer = self._answer(new_method_call(address, method, signature or None, args))
        return answer[0] if answer else None

    def get(self, node: Node, interface: str, name: str):
        """Return a property of an object."""
        address = DBusAddress(node.path, node.bus, f"{_ATSPI}.{interface}")
        [(_, value)] = self._answer(Properties(address).get(name))
        return value

    def tell(self, node: Node, interface: str, method: str, signature: str, *args: object) -> None:
        """Call a method of an object without waiting for its end."""
        address = DBusAddress(node.path, node.bus, f"{_ATSPI}.{interface}")
        message = new_method_call(address, method, signature, args)
        message.header.flags |= MessageFlag.no_reply_expected
        self._bus.send(message)

    def _answer(self, question: Message) -> tuple[object, ...]:
        try:
            return unwrap_msg(self._bus.send_and_get_reply(question, timeout=_ANSWERS_WITHIN))
        except DBusErrorResponse as error:
            raise GoneError(str(error)) from error

    # Events

    def wait(self, look: Callable[[], T], what: str = "") -> T:
        """Return what is looked for as soon as it is there or true; look again at each event."""
        ends = time.monotonic() + _HAPPENS_WITHIN
        while True:
            missing = what
            try:
                if found := look():
                    return found
            except GoneError as error:
                missing = f"{what} {error}"
            assert time.monotonic() < ends, f"not so within {_HAPPENS_WITHIN:g} s: {missing}"
            self._listen(_LOOK_EVERY)

    def _listen(self, seconds: float) -> None:
        """Take what has been told; if nothing was, wait for it."""
        try:
            self._note(self._bus.recv_until_filtered(self._told, timeout=seconds))
        except TimeoutError:
            return
        while self._told:
            self._note(self._told.popleft())

    def _note(self, message: Message) -> None:
        fields = message.header.fields
        kind, on, _, (_, value), *_ = message.body
        if fields[HeaderFields.member] == "Announcement":
            self.announced.append(value)
        elif kind == "showing" and on:
            self._shown.append(self.node(fields[HeaderFields.sender], fields[HeaderFields.path]))
