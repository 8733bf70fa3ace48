package org.lines4j.internal.pickle;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.internal.pickle.Value.Global;

/// Writes a pickle of protocol 2, by the few opcodes that a checkpoint takes. Names that come again
/// are written once.
public final class PickleWriter {
  private static final int PROTOCOL = 2;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Map<Object, Integer> memo = new HashMap<>();

  /// Begins a pickle.
  public PickleWriter() {
    out.write(0x80);
    out.write(PROTOCOL);
  }

  /// The pickle, with its end.
  public byte[] bytes() {
    out.write('.');
    return out.toByteArray();
  }

  /// Where something with any number of values begins.
  public void mark() {
    out.write('(');
  }

  /// A tuple of what came since the mark.
  public void tuple() {
    out.write('t');
  }

  /// Puts what came since the mark, keys and values, into the dictionary before it.
  public void put() {
    out.write('u');
  }

  /// The class or function before the last value is called with that, a tuple.
  public void call() {
    out.write('R');
  }

  /// `False`.
  public void no() {
    out.write(0x89);
  }

  /// An empty dictionary.
  public void emptyDictionary() {
    out.write('}');
  }

  /// A value, if it [is plain][Plain].
  public void value(Value value) {
    switch (value) {
      case Value.Nothing _ -> out.write('N');
      case Value.Flag(boolean flag) -> out.write(flag ? 0x88 : 0x89);
      case Value.Whole(long number) -> whole(number);
      case Value.Real(double number) -> {
        out.write('G');
        out.writeBytes(ByteBuffer.allocate(Double.BYTES).putDouble(number).array());
      }
      case Value.Text(String text) -> text(text);
      case Value.Tuple tuple -> {
        mark();
        tuple.items().forEach(this::value);
        tuple();
      }
      case Value.Items list -> {
        out.write(']');
        mark();
        list.items().forEach(this::value);
        out.write('e');
      }
      case Value.Dict dict -> {
        emptyDictionary();
        putAll(dict);
      }
      case Value.Call ordered when ordered.name().equals(Optional.of(Plain.ORDERED.fullName())) -> {
        orderedDictionary();
        putAll(ordered.dict());
      }
      default -> throw new IllegalArgumentException("no plain value: " + value.getClass());
    }
  }

  private void putAll(Value.Dict dict) {
    mark();
    for (Value.Entry entry : dict.entries()) {
      value(entry.key());
      value(entry.value());
    }
    put();
  }

  /// An empty dictionary of the kind that keeps its order.
  public void orderedDictionary() {
    global(Plain.ORDERED);
    emptyTuple();
    call();
  }

  /// `()`.
  public void emptyTuple() {
    out.write(')');
  }

  /// What the tuple before stands for, outside of the pickle.
  public void outside() {
    out.write('Q');
  }

  /// A class or function.
  public void global(Global global) {
    if (!isRemembered(global)) {
      out.write('c');
      out.writeBytes(
          (global.module() + "\n" + global.name() + "\n").getBytes(StandardCharsets.UTF_8));
      remember(global);
    }
  }

  /// A text that will come again.
  public void word(String word) {
    if (!isRemembered(word)) {
      text(word);
      remember(word);
    }
  }

  /// A text.
  public void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write('X');
    number(bytes.length, Integer.BYTES);
    out.writeBytes(bytes);
  }

  /// A tuple of whole numbers.
  public void tuple(List<Long> numbers) {
    if (numbers.isEmpty()) {
      emptyTuple();
      return;
    }
    mark();
    numbers.forEach(this::whole);
    tuple();
  }

  /// A whole number.
  public void whole(long value) {
    if (value >= 0 && value < 1 << Byte.SIZE) {
      out.write('K');
      number(value, Byte.BYTES);
    } else if (value >= 0 && value < 1 << Short.SIZE) {
      out.write('M');
      number(value, Short.BYTES);
    } else if (value >= Integer.MIN_VALUE && value <= Integer.MAX_VALUE) {
      out.write('J');
      number(value, Integer.BYTES);
    } else {
      int bytes = BigInteger.valueOf(value).toByteArray().length;
      out.write(0x8a);
      out.write(bytes);
      number(value, bytes);
    }
  }

  private boolean isRemembered(Object value) {
    Integer index = memo.get(value);
    if (index == null) {
      return false;
    }
    out.write('j');
    number(index, Integer.BYTES);
    return true;
  }

  private void remember(Object value) {
    out.write('r');
    number(memo.size(), Integer.BYTES);
    memo.put(value, memo.size());
  }

  /// The lowest bytes of a number, the lowest first.
  private void number(long value, int bytes) {
    byte[] all =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    out.write(all, 0, bytes);
  }
}
