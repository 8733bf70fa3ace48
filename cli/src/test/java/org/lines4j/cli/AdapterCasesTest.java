package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.lines4j.cli.Cli.run;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.storage.Location;

/// What PEFT makes of each of its adapters, the command line makes of it, too; what is no adapter
/// to read is refused in words.
class AdapterCasesTest {
  private static final Path PEFT = Path.of("../core/src/test/resources/peft").toAbsolutePath();
  private static final int MALFORMED = 3;

  @TempDir private Path folder;

  /// A line of `cases.tsv`.
  record Case(List<String> fields) {
    String id() {
      return fields.get(1);
    }

    Path base() {
      return PEFT.resolve(fields.get(2).isEmpty() ? "bases/llama" : fields.get(2));
    }

    List<Path> adapters() {
      return Stream.of(fields.get(3).split(",")).map(PEFT::resolve).toList();
    }

    boolean mayBeRead() {
      return !fields.get(4).equals("refuse");
    }

    boolean mayBeRefused() {
      return !fields.get(4).equals("accept");
    }

    Path expected() {
      return PEFT.resolve(fields.get(5));
    }

    double tolerance(int field) {
      return fields.get(field).isEmpty() ? 0 : Double.parseDouble(fields.get(field));
    }

    boolean isRounded() {
      return !fields.get(8).isEmpty();
    }

    @Override
    public String toString() {
      return id();
    }
  }

  private static Stream<Case> ofKind(String kind) throws IOException {
    return Files.readAllLines(PEFT.resolve("cases.tsv")).stream()
        .map(line -> new Case(List.of(line.split("\t", -1))))
        .filter(one -> one.fields().getFirst().equals(kind));
  }

  static Stream<Case> merges() throws IOException {
    return ofKind("merge");
  }

  static Stream<Case> edits() throws IOException {
    return ofKind("edit");
  }

  static Stream<Case> adapters() throws IOException {
    return ofKind("adapter");
  }

  private Path out() {
    return folder.resolve("out");
  }

  @ParameterizedTest
  @MethodSource("merges")
  void aModelAndItsAdaptersAreConvertedToTheMergedModel(Case golden) throws IOException {
    Path base = golden.isRounded() ? rounded(golden.base(), "base") : golden.base();
    String name = base + golden.adapters().stream().map(a -> "+" + a).collect(Collectors.joining());
    Cli run = run("convert", name, out().resolve("o.safetensors"), "--quiet");
    check(golden, run, out().resolve("o.safetensors"));
  }

  @ParameterizedTest
  @MethodSource("edits")
  void anEditScalesWhatTheAdapterAdds(Case golden) throws IOException {
    Path out = out().resolve("o.safetensors");
    Path adapter = golden.adapters().getFirst();
    Cli run = run("edit", "--base", golden.base(), "--tuned", adapter, "--out", out, "--quiet");
    check(golden, run, out);
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void anAdapterIsScaledAsAnAdapter(Case golden) throws IOException {
    Path adapter = golden.adapters().getFirst();
    List<Object> words =
        new java.util.ArrayList<>(
            List.of("edit", "--tuned", adapter, "--out", out(), "--quiet", "--outside=alpha"));
    if (!golden.fields().get(2).isEmpty()) {
      words.addAll(List.of("--base", golden.base(), "--as=adapter"));
    }
    check(golden, run(words.toArray()), out());
  }

  private Path rounded(Path model, String name) {
    Path copy = folder.resolve(name);
    run("convert", model, copy, "--dtype=bfloat16", "--quiet").succeeds();
    return copy;
  }

  private static void check(Case golden, Cli run, Path out) throws IOException {
    if (run.code() != 0) {
      assertTrue(golden.mayBeRefused(), run.err());
      run.fails(MALFORMED, golden.adapters().getFirst().getFileName().toString());
      assertTrue(!Files.exists(out), "a refusal leaves nothing");
      return;
    }
    assertTrue(golden.mayBeRead(), "should be refused");
    if (golden.fields().get(5).isEmpty()) {
      return;
    }
    try (Checkpoint wanted = Checkpoint.openParts(Location.of(golden.expected()));
        Checkpoint found = Checkpoint.openParts(Location.of(out))) {
      for (StoredTensor tensor : wanted.tensors()) {
        compare(
            golden,
            tensor.name(),
            values(wanted, tensor),
            values(found, found.find(tensor.name()).orElseThrow()));
      }
    }
  }

  /// PEFT rounds twice where bases are of 16 bits, and we once: it is off by a part of what it adds
  /// up.
  private static void compare(Case golden, String name, float[] wanted, float[] found) {
    assertEquals(wanted.length, found.length, name);
    double largest = 0;
    for (float value : wanted) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < wanted.length; i++) {
      double by = golden.isRounded() ? 2 * largest : Math.abs(wanted[i]);
      double most = golden.tolerance(6) + golden.tolerance(7) * by;
      if (!(Math.abs((double) found[i] - wanted[i]) <= most)) {
        fail("%s, element %d: expected %s, found %s".formatted(name, i, wanted[i], found[i]));
      }
    }
  }

  private static float[] values(Checkpoint model, StoredTensor tensor) throws IOException {
    MemorySegment bytes = MemorySegment.ofArray(new byte[(int) tensor.byteSize()]);
    model.source(tensor).read(0, bytes);
    float[] values = new float[(int) tensor.info().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (tensor.info().dtype()) {
            case F32 -> bytes.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
            case F16 -> Float.float16ToFloat(bytes.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i));
            case BF16 ->
                Float.intBitsToFloat(bytes.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i) << 16);
            default -> throw new IllegalStateException(Arrays.toString(values));
          };
    }
    return values;
  }
}
