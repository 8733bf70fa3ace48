package org.lines4j.internal.pickle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A value of a pickle.
///
/// What holds other values is a class of its own, not a record: a pickle may put a value into
/// itself, and comparing or printing by content would then never end.
public sealed interface Value {
  /// `None`.
  enum Nothing implements Value {
    NOTHING
  }

  /// `True` or `False`.
  record Flag(boolean value) implements Value {}

  /// A whole number of at most 64 bits.
  record Whole(long value) implements Value {}

  /// A floating number.
  record Real(double value) implements Value {}

  /// Text.
  record Text(String value) implements Value {}

  /// Something of which it is enough to know that it is there: bytes, numbers of many digits.
  ///
  /// @param what it is, in a word or two
  record Inert(String what) implements Value {}

  /// A class or function by its name: nothing but two words.
  record Global(String module, String name) implements Value {
    /// `module.name`.
    public String fullName() {
      return module + "." + name;
    }
  }

  /// What lies outside of the pickle, such as a tensor's bytes, by what the pickle calls it.
  record Persistent(Value id) implements Value {}

  /// A tuple, whose items are known when it is made.
  final class Tuple implements Value {
    private final List<Value> items;

    Tuple(List<Value> items) {
      this.items = List.copyOf(items);
    }

    public List<Value> items() {
      return items;
    }
  }

  /// A list or a set.
  final class Items implements Value {
    private final boolean isSet;
    private final List<Value> items = new ArrayList<>();

    Items(boolean isSet) {
      this.isSet = isSet;
    }

    /// Whether it is a set.
    public boolean isSet() {
      return isSet;
    }

    public List<Value> items() {
      return items;
    }
  }

  /// A dictionary: its entries in their order, and a key as often as it was put.
  final class Dict implements Value {
    private final List<Entry> entries = new ArrayList<>();

    public List<Entry> entries() {
      return entries;
    }

    /// The value that was last put under a name.
    public Optional<Value> find(String name) {
      return entries.reversed().stream()
          .filter(entry -> entry.key() instanceof Text(String text) && text.equals(name))
          .map(Entry::value)
          .findFirst();
    }
  }

  /// One entry of a dictionary.
  record Entry(Value key, Value value) {}

  /// What calling something would give, if anybody did: an object of a class, a tensor. With what
  /// was put into it afterwards.
  final class Call implements Value {
    private final Value callee;
    private final Value arguments;
    private final Items items = new Items(false);
    private final Dict dict = new Dict();
    private Value state = Nothing.NOTHING;

    Call(Value callee, Value arguments) {
      this.callee = callee;
      this.arguments = arguments;
    }

    /// A call that nobody has written down.
    public static Call of(Global callee, Value arguments) {
      return new Call(callee, arguments);
    }

    /// What would be called.
    public Value callee() {
      return callee;
    }

    /// With which arguments.
    public List<Value> arguments() {
      return arguments instanceof Tuple tuple ? tuple.items() : List.of();
    }

    /// The full name of what would be called, where it has one.
    public Optional<String> name() {
      return callee instanceof Global global ? Optional.of(global.fullName()) : Optional.empty();
    }

    /// What was appended to the object.
    public Items items() {
      return items;
    }

    /// What was put into the object as into a dictionary.
    public Dict dict() {
      return dict;
    }

    /// The attributes that it was given.
    public Value state() {
      return state;
    }

    void setState(Value state) {
      this.state = state;
    }
  }
}
