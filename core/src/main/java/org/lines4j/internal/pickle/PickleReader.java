package org.lines4j.internal.pickle;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.internal.pickle.Value.Call;
import org.lines4j.internal.pickle.Value.Dict;
import org.lines4j.internal.pickle.Value.Entry;
import org.lines4j.internal.pickle.Value.Flag;
import org.lines4j.internal.pickle.Value.Global;
import org.lines4j.internal.pickle.Value.Inert;
import org.lines4j.internal.pickle.Value.Items;
import org.lines4j.internal.pickle.Value.Nothing;
import org.lines4j.internal.pickle.Value.Persistent;
import org.lines4j.internal.pickle.Value.Real;
import org.lines4j.internal.pickle.Value.Text;
import org.lines4j.internal.pickle.Value.Tuple;
import org.lines4j.internal.pickle.Value.Whole;

/// Reads one pickle, of protocols 0 to 5, as data.
///
/// Nothing is called: what a pickle says to call becomes a [Call] that says so. Names that no
/// checkpoint needs are refused ([Forbidden]). Every value costs at least a byte of the file, their
/// number is bounded by [#MAX_VALUES], and nothing here goes down into what it has read.
public final class PickleReader {
  /// The most values of one pickle. A tensor takes about twenty.
  static final int MAX_VALUES = 10_000_000;

  private static final int MAX_MARKS = 100_000;
  private static final int MAX_TEXT = 1 << 20;
  private static final int MAX_LINE = 4096;
  private static final int MAX_DIGITS = 40;
  private static final int MAX_LONG = 4096;
  private static final int NEWEST = 5;

  private final PickleBytes in;
  private final Consumer<Persistent> outside;
  private final Map<Long, Value> memo = new HashMap<>();
  private final List<List<Value>> outer = new ArrayList<>();
  private List<Value> stack = new ArrayList<>();
  private int values;

  private PickleReader(PickleBytes in, Consumer<Persistent> outside) {
    this.in = in;
    this.outside = outside;
  }

  /// Reads up to the end of a pickle, behind which `in` then stands.
  ///
  /// @param outside gets whatever lies outside of the pickle, each as often as it is named
  /// @throws InputException if it is malformed, or names what no checkpoint needs
  public static Value read(PickleBytes in, Consumer<Persistent> outside) throws IOException {
    return new PickleReader(in, outside).run();
  }

  /// The same of a pickle that is whole.
  public static Value read(PickleBytes in) throws IOException {
    return read(
        in,
        _ -> {
          throw in.wrong("it names what lies outside of it, where nothing does");
        });
  }

  private Value run() throws IOException {
    while (true) {
      int opcode = in.u1();
      if (opcode == '.') {
        Value result = pop();
        if (!outer.isEmpty()) {
          throw in.wrong("it ends within " + outer.size() + " unfinished values");
        }
        return result;
      }
      if (!number(opcode) && !words(opcode) && !container(opcode) && !memory(opcode)) {
        object(opcode);
      }
    }
  }

  private boolean number(int opcode) throws IOException {
    switch (opcode) {
      case 'N' -> push(Nothing.NOTHING);
      case 0x88 -> push(new Flag(true));
      case 0x89 -> push(new Flag(false));
      case 'J' -> push(new Whole(in.i4()));
      case 'K' -> push(new Whole(in.u1()));
      case 'M' -> push(new Whole(in.u2()));
      case 'I' -> push(decimal(in.line(MAX_DIGITS)));
      case 'L' -> push(decimal(in.line(MAX_DIGITS)));
      case 0x8a -> push(whole(in.u1()));
      case 0x8b -> push(whole(in.i4()));
      case 'F' -> push(real(in.line(MAX_DIGITS)));
      case 'G' -> push(new Real(Double.longBitsToDouble(Long.reverseBytes(in.i8()))));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean words(int opcode) throws IOException {
    switch (opcode) {
      case 'S' -> push(new Text(unquoted(in.line(MAX_LINE))));
      case 'V' -> push(new Text(in.line(MAX_LINE)));
      case 'T' -> push(text(in.u4()));
      case 'U' -> push(text(in.u1()));
      case 'X' -> push(text(in.u4()));
      case 0x8c -> push(text(in.u1()));
      case 0x8d -> push(text(in.i8()));
      case 'B' -> push(bytes(in.u4()));
      case 'C' -> push(bytes(in.u1()));
      case 0x8e, 0x96 -> push(bytes(in.i8()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean container(int opcode) throws IOException {
    switch (opcode) {
      case '(' -> mark();
      case '1' -> unmark();
      case '0' -> pop();
      case '2' -> push(top());
      case ')' -> push(new Tuple(List.of()));
      case 't' -> push(new Tuple(unmark()));
      case 0x85 -> push(tuple(1));
      case 0x86 -> push(tuple(2));
      case 0x87 -> push(tuple(3));
      case ']', 0x8f -> push(new Items(opcode != ']'));
      case 'l', 0x91 -> push(filled(new Items(opcode != 'l'), unmark()));
      case 'a' -> append(List.of(pop()));
      case 'e', 0x90 -> append(unmark());
      case '}' -> push(new Dict());
      case 'd' -> push(put(new Dict(), unmark()));
      case 's' -> {
        Value value = pop();
        put(List.of(pop(), value));
      }
      case 'u' -> put(unmark());
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean memory(int opcode) throws IOException {
    switch (opcode) {
      case 'p' -> memo.put(index(in.line(MAX_DIGITS)), top());
      case 'q' -> memo.put((long) in.u1(), top());
      case 'r' -> memo.put(in.u4(), top());
      case 0x94 -> memo.put((long) memo.size(), top());
      case 'g' -> push(remembered(index(in.line(MAX_DIGITS))));
      case 'h' -> push(remembered(in.u1()));
      case 'j' -> push(remembered(in.u4()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void object(int opcode) throws IOException {
    switch (opcode) {
      case 0x80 -> {
        int protocol = in.u1();
        if (protocol > NEWEST) {
          throw in.wrong("protocol %d, at most %d is known".formatted(protocol, NEWEST));
        }
      }
      case 0x95 -> in.i8(); // a frame's length says nothing that its content does not
      case 'c' -> push(global(in.line(MAX_LINE), in.line(MAX_LINE)));
      case 0x93 -> {
        Value name = pop();
        push(global(word(pop()), word(name)));
      }
      case 'Q' -> {
        Persistent named = new Persistent(pop());
        outside.accept(named);
        push(named);
      }
      case 'R', 0x81 -> {
        Value arguments = pop();
        push(call(pop(), arguments));
      }
      case 0x92 -> {
        pop(); // arguments by name
        Value arguments = pop();
        push(call(pop(), arguments));
      }
      case 'b' -> build();
      case 'P', 'i', 'o', 0x82, 0x83, 0x84, 0x97, 0x98 ->
          throw in.wrong(
              "opcode 0x%02x, which no checkpoint needs, so the file is not read"
                  .formatted(opcode));
      default -> throw in.wrong("there is no opcode 0x%02x".formatted(opcode));
    }
  }

  private void build() {
    Value state = pop();
    if (top() instanceof Call call) {
      call.setState(state);
    }
  }

  private Call call(Value callee, Value arguments) {
    boolean callable = callee instanceof Global || callee instanceof Persistent;
    if (!callable || !(arguments instanceof Tuple)) {
      throw in.wrong("a call of what is no class or function, or without arguments");
    }
    return new Call(callee, arguments);
  }

  private Global global(String module, String name) {
    if (Forbidden.isForbidden(module, name)) {
      throw in.wrong(
              "it names %s, which no checkpoint needs".formatted(Shown.of(module + "." + name)))
          .withRemedy("do not load this file with anything");
    }
    return new Global(module, name);
  }

  private String word(Value value) {
    if (value instanceof Text(String text)) {
      return text;
    }
    throw in.wrong("the name of a class or function should be text");
  }

  private void mark() {
    if (outer.size() == MAX_MARKS) {
      throw in.wrong("more than " + MAX_MARKS + " values within each other");
    }
    outer.add(stack);
    stack = new ArrayList<>();
  }

  private List<Value> unmark() {
    if (outer.isEmpty()) {
      throw in.wrong("the end of something that has no beginning");
    }
    List<Value> items = stack;
    stack = outer.removeLast();
    return items;
  }

  private Tuple tuple(int count) {
    if (stack.size() < count) {
      throw in.wrong("a tuple of more values than there are");
    }
    List<Value> last = stack.subList(stack.size() - count, stack.size());
    Tuple tuple = new Tuple(last);
    last.clear();
    return tuple;
  }

  private void append(List<Value> added) {
    switch (top()) {
      case Items items -> filled(items, added);
      case Call call when !isTensor(call) -> filled(call.items(), added);
      default -> throw in.wrong("values are appended to what is no list");
    }
  }

  private static Items filled(Items items, List<Value> added) {
    items.items().addAll(added);
    return items;
  }

  private void put(List<Value> keysAndValues) {
    switch (top()) {
      case Dict dict -> put(dict, keysAndValues);
      case Call call when !isTensor(call) -> put(call.dict(), keysAndValues);
      default -> throw in.wrong("entries are put into what is no dictionary");
    }
  }

  private Dict put(Dict dict, List<Value> keysAndValues) {
    if (keysAndValues.size() % 2 != 0) {
      throw in.wrong("a key without a value");
    }
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      dict.entries().add(new Entry(keysAndValues.get(i), keysAndValues.get(i + 1)));
    }
    return dict;
  }

  private static boolean isTensor(Call call) {
    return call.name().filter(name -> name.startsWith("torch._utils._rebuild")).isPresent();
  }

  private Value remembered(long index) {
    Value value = memo.get(index);
    if (value == null) {
      throw in.wrong("it asks for value " + index + ", which it never kept");
    }
    return value;
  }

  private long index(String line) {
    if (decimal(line) instanceof Whole(long index) && index >= 0) {
      return index;
    }
    throw in.wrong("a place that is no whole number");
  }

  /// Python 2 writes truth values as `I01` and `I00`, and ends long numbers with an L.
  private Value decimal(String line) {
    String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
    if (digits.equals("01") || digits.equals("00")) {
      return new Flag(digits.equals("01"));
    }
    try {
      return whole(new BigInteger(digits));
    } catch (NumberFormatException e) {
      throw in.wrong("'" + Shown.of(line) + "' is no whole number");
    }
  }

  private Value whole(int length) throws IOException {
    if (length < 0) {
      throw in.wrong("a number of " + length + " bytes");
    }
    if (length > MAX_LONG) {
      in.skip(length);
      return new Inert("a number of " + length + " bytes");
    }
    byte[] bytes = in.bytes(length, MAX_LONG);
    byte[] bigEndian = new byte[length + 1]; // the sign goes first
    for (int i = 0; i < length; i++) {
      bigEndian[length - i] = bytes[i];
    }
    bigEndian[0] = length > 0 && bytes[length - 1] < 0 ? (byte) -1 : 0;
    return whole(new BigInteger(bigEndian));
  }

  private static Value whole(BigInteger number) {
    return number.bitLength() < Long.SIZE
        ? new Whole(number.longValue())
        : new Inert("a number of " + number.bitLength() + " bits");
  }

  private static String unquoted(String line) {
    boolean quoted = line.length() > 1 && (line.startsWith("'") || line.startsWith("\""));
    return quoted ? line.substring(1, line.length() - 1) : line;
  }

  private Value real(String line) {
    try {
      return new Real(Double.parseDouble(line));
    } catch (NumberFormatException e) {
      throw in.wrong("'" + Shown.of(line) + "' is no number");
    }
  }

  /// Longer texts, such as a class's source, are nobody's names.
  private Value text(long length) throws IOException {
    if (length < 0 || length > MAX_TEXT) {
      in.skip(length);
      return new Inert("a text of " + length + " bytes");
    }
    return new Text(new String(in.bytes(length, MAX_TEXT), StandardCharsets.UTF_8));
  }

  private Value bytes(long length) throws IOException {
    in.skip(length);
    return new Inert(length + " bytes");
  }

  private void push(Value value) {
    if (++values > MAX_VALUES) {
      throw in.wrong("more than " + MAX_VALUES + " values");
    }
    stack.add(value);
  }

  private Value pop() {
    if (stack.isEmpty()) {
      throw in.wrong("it takes a value where there is none");
    }
    return stack.removeLast();
  }

  private Value top() {
    if (stack.isEmpty()) {
      throw in.wrong("it takes a value where there is none");
    }
    return stack.getLast();
  }
}
