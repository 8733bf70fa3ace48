package org.lines4j.internal.pickle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.lines4j.error.InputException;
import org.lines4j.internal.pickle.Value.Global;
import org.lines4j.storage.Location;
import org.lines4j.testing.BytesInMemory;

/// Whatever the bytes, a pickle is refused with an [InputException], or is data.
///
/// To fuzz for real: `JAZZER_FUZZ=1 ./mvnw -pl core test -Dtest=PickleFuzzTest
/// -Djazzer.hooks=true`.
class PickleFuzzTest {
  private static final Location FILE = Location.parse("data.pkl");

  @FuzzTest(maxDuration = "3m")
  void aPickleIsRefusedOrIsData(byte[] bytes) throws IOException {
    Optional<Value> _ = read(bytes);
  }

  /// Empty if the bytes are refused.
  private static Optional<Value> read(byte[] bytes) throws IOException {
    PickleBytes in = new PickleBytes(new BytesInMemory(FILE, bytes), 0, bytes.length);
    try {
      Value value = PickleReader.read(in, _ -> {});
      assertTrue(in.position() <= bytes.length);
      return Optional.of(value);
    } catch (InputException e) {
      assertTrue(String.valueOf(e.getMessage()).startsWith(FILE + ": "), e.getMessage());
      assertTrue(String.valueOf(e.getMessage()).length() < 8000, e.getMessage());
      return Optional.empty();
    }
  }

  /// What the writer writes is what the reader reads, numbers of any length among it.
  @Test
  void whatIsWrittenIsRead() throws IOException {
    List<Long> numbers =
        List.of(0L, 255L, 256L, 65535L, 65536L, 1L << 31, 1L << 40, Long.MAX_VALUE);
    PickleWriter out = new PickleWriter();
    out.mark();
    out.word("storage");
    out.global(new Global("torch", "FloatStorage"));
    out.word("storage");
    out.text("größe");
    out.tuple(numbers);
    out.no();
    out.tuple();
    Value.Tuple tuple = assertInstanceOf(Value.Tuple.class, read(out.bytes()).orElseThrow());
    assertEquals(
        List.of(
            new Value.Text("storage"),
            new Global("torch", "FloatStorage"),
            new Value.Text("storage"),
            new Value.Text("größe")),
        tuple.items().subList(0, 4));
    Value.Tuple read = assertInstanceOf(Value.Tuple.class, tuple.items().get(4));
    assertEquals(numbers.stream().<Value>map(Value.Whole::new).toList(), read.items());
    assertEquals(new Value.Flag(false), tuple.items().get(5));
  }
}
