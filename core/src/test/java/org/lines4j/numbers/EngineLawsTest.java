package org.lines4j.numbers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Edit;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Shard;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.RunResult;
import org.lines4j.tensor.DType;
import org.lines4j.testing.CountedProgress;

/// How the work is cut up changes no byte: threads, chunks, shards, where the inputs' tensors lie.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EngineLawsTest {
  /// λ of layers 0 … 4, with both copies and three real scalings among them.
  private static final int LAYERS = 5;

  private static final int TILE = 4096;
  private static final int READ_BYTES = 1 << 18;
  private static final LayerOptions NUMBERED =
      LayerOptions.defaults().withLayers(Pattern.compile("^l(\\d+)\\."));

  private record Inputs(Checkpoint base, Checkpoint tuned, Plan plan, Path expected) {}

  private Inputs inputs;

  @BeforeAll
  void makeModels(@TempDir Path folder) throws IOException {
    ModelFile base = new ModelFile();
    ModelFile tuned = new ModelFile();
    addModels(base, tuned);
    Checkpoint first = Checkpoint.open(base.write(folder.resolve("base.safetensors")));
    Checkpoint second = Checkpoint.open(tuned.write(folder.resolve("tuned.safetensors")));
    Plan plan = edit(first, second).plan(folder.resolve("none.safetensors"));
    Path expected =
        ReferenceEdit.write(
            PlannedRun.of(plan).shards().getFirst(),
            name -> ReferenceEdit.tensor(first, second, name, lambda(name)),
            folder.resolve("expected.safetensors"));
    inputs = new Inputs(first, second, plan, expected);
  }

  @AfterAll
  void closeModels() throws IOException {
    inputs.base().close();
    inputs.tuned().close();
  }

  /// Sizes around every boundary that the engine cuts at, for all types; many tiny tensors, so that
  /// the header is longer than the smallest chunk; empty tensors, scalars, odd offsets.
  private static void addModels(ModelFile base, ModelFile tuned) {
    int[] next = {0};
    add(base, tuned, next, DType.U8, DType.U8, 13);
    for (DType type :
        List.of(DType.F64, DType.BF16, DType.F32, DType.F8_E4M3, DType.F16, DType.F8_E5M2)) {
      int block = READ_BYTES / type.bytes();
      for (int count : new int[] {0, 1, TILE - 1, TILE, TILE + 1, block - 1, block, block + 1}) {
        add(base, tuned, next, type, type, count);
      }
      add(base, tuned, next, DType.BOOL, DType.BOOL, 3);
    }
    for (int i = 0; i < LAYERS; i++) {
      add(base, tuned, next, DType.BF16, DType.F32, READ_BYTES / 4 + 1);
      add(base, tuned, next, DType.F32, DType.BF16, READ_BYTES / 4 + 1);
      add(base, tuned, next, DType.F64, DType.F8_E5M2, READ_BYTES / 8 + 1);
    }
    add(base, tuned, next, DType.I64, DType.I64, 70_001); // next is layer 2: scaled
    add(base, tuned, next, DType.BF16, DType.BF16, 2_300_001);
    for (int i = 0; i < 700; i++) {
      DType type = i % 3 == 0 ? DType.BF16 : i % 3 == 1 ? DType.F64 : DType.F8_E4M3;
      add(base, tuned, next, type, type, i % 4);
    }
    base.random("l2.scalar", DType.F32, 1);
    tuned.random("l2.scalar", DType.F32, 2);
    base.random("l3.empty", DType.F16, 1, 7, 0, 3);
    tuned.random("l3.empty", DType.F16, 2, 7, 0, 3);
  }

  private static void add(
      ModelFile base, ModelFile tuned, int[] next, DType type, DType tunedType, int count) {
    int number = next[0]++;
    String name = "l%d.a_tensor_with_quite_a_long_name.t%d".formatted(number % LAYERS, number);
    base.random(name, type, 1, count);
    tuned.random(name, tunedType, type.isFloating() ? 2 : 1, count);
  }

  private static double lambda(String name) {
    return (name.charAt(1) - '0') / (double) (LAYERS - 1);
  }

  private static Edit edit(Checkpoint base, Checkpoint tuned) {
    return Edit.of(base, tuned)
        .withScaling(LayerScaling.lines(0, 1, Outside.ALPHA))
        .withLayers(NUMBERED);
  }

  @Test
  void theModelsReachEveryBoundary() {
    Plan plan = inputs.plan();
    assertTrue(
        PlannedRun.of(plan).shards().getFirst().start(0) > 1 << 16, "a chunk of header only");
    assertTrue(plan.bytesToWrite() > 3 << 22, "several chunks of the default size");
    assertTrue(
        inputs.base().tensors().stream()
            .anyMatch(
                t -> t.info().dtype() == DType.F64 && inputs.base().source(t).place() % 8 != 0),
        "an odd offset");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 64",
    "2, 64",
    "3, 64",
    "8, 64",
    "1, 192",
    "2, 192",
    "3, 192",
    "8, 192",
    "1, 4096",
    "2, 4096",
    "3, 4096",
    "8, 4096",
    "5, 65536"
  })
  void threadsAndChunksChangeNoByte(int threads, int chunkKib, @TempDir Path folder)
      throws IOException {
    Path out = folder.resolve("out.safetensors");
    RunOptions options = RunOptions.defaults().withThreads(threads).withChunkBytes(chunkKib << 10);
    edit(inputs.base(), inputs.tuned()).plan(out).run(options);
    assertEquals(-1, Files.mismatch(inputs.expected(), out));
  }

  @Test
  void everyByteIsReadOnceAndEveryByteIsReported(@TempDir Path folder) throws IOException {
    Plan plan = edit(inputs.base(), inputs.tuned()).plan(folder.resolve("out.safetensors"));
    CountedProgress progress = new CountedProgress();
    RunResult result = plan.run(RunOptions.defaults().withProgress(progress));
    assertEquals(plan.bytesToRead(), result.bytesRead());
    assertEquals(plan.bytesToWrite(), result.bytesWritten());
    assertEquals(Files.size(result.out().path()), result.bytesWritten());
    assertEquals(progress.announced(), progress.handled());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 300_000, Long.MAX_VALUE})
  void shardsHoldTheSameTensors(long shardSize, @TempDir Path folder) throws IOException {
    // The many tiny ones would make a file each.
    Pattern tiny = Pattern.compile("t\\d{3}$");
    boolean all = shardSize > 100_000;
    try (Checkpoint base =
            all
                ? Checkpoint.open(inputs.base().location())
                : without(inputs.base(), tiny, folder.resolve("b"));
        Checkpoint tuned =
            all
                ? Checkpoint.open(inputs.tuned().location())
                : without(inputs.tuned(), tiny, folder.resolve("t"))) {
      Path out = folder.resolve("out");
      Plan plan = edit(base, tuned).withShardSize(shardSize).plan(out);
      plan.run(RunOptions.defaults().withChunkBytes(1 << 16));
      try (Checkpoint result = Checkpoint.open(out)) {
        assertEquals(base.tensors().size(), result.tensors().size());
        for (Shard shard : result.shards()) {
          long bytes = shard.tensors().stream().mapToLong(StoredTensor::byteSize).sum();
          assertTrue(bytes <= shardSize || shard.tensors().size() == 1, shard.file().toString());
        }
        assertExpected(base, tuned, result);
      }
    }
  }

  @Test
  void aShardedBaseGivesItsFilesToTheOutput(@TempDir Path folder) throws IOException {
    Path base = folder.resolve("base");
    ModelFile first = new ModelFile();
    ModelFile second = new ModelFile();
    ModelFile tuned = new ModelFile();
    StringBuilder index = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      String name = "l%d.t%d".formatted(i % LAYERS, i);
      boolean early = i % 3 == 0;
      (early ? first : second).random(name, DType.BF16, 1, 10_007);
      tuned.random(name, DType.BF16, 2, 10_007);
      index
          .append(i == 0 ? "" : ",")
          .append("\"%s\":\"%s\"".formatted(name, early ? "a.safetensors" : "b.safetensors"));
    }
    first.write(base.resolve("a.safetensors"));
    second.write(base.resolve("b.safetensors"));
    Files.writeString(
        base.resolve("model.safetensors.index.json"), "{\"weight_map\":{" + index + "}}");
    Path out = folder.resolve("out");
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.open(tuned.write(folder.resolve("tuned.safetensors")))) {
      edit(from, to).plan(out).run();
      try (Checkpoint result = Checkpoint.open(out)) {
        assertEquals(
            List.of(14, 26), result.shards().stream().map(s -> s.tensors().size()).toList());
        assertEquals(40, result.tensors().size());
        assertExpected(from, to, result);
      }
    }
  }

  @Test
  void manyRunsAtOnceDoNotDisturbEachOther(@TempDir Path folder) throws IOException {
    List<IOException> failures = new CopyOnWriteArrayList<>();
    List<Thread> threads =
        Stream.of("a", "b", "c")
            .map(
                name ->
                    Thread.ofPlatform()
                        .start(
                            () -> {
                              try {
                                edit(inputs.base(), inputs.tuned())
                                    .plan(folder.resolve(name + ".safetensors"))
                                    .run(RunOptions.defaults().withThreads(2));
                              } catch (IOException e) {
                                failures.add(e);
                              }
                            }))
            .toList();
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
    assertEquals(List.of(), failures);
    for (String name : List.of("a", "b", "c")) {
      assertEquals(-1, Files.mismatch(inputs.expected(), folder.resolve(name + ".safetensors")));
    }
  }

  private static Checkpoint without(Checkpoint model, Pattern names, Path folder)
      throws IOException {
    ModelFile copy = new ModelFile();
    for (StoredTensor tensor : model.tensors()) {
      if (!names.matcher(tensor.name()).find()) {
        long[] dims = tensor.info().shape().dims().stream().mapToLong(d -> d).toArray();
        copy.add(tensor.name(), tensor.info().dtype(), ReferenceEdit.bytes(model, tensor), dims);
      }
    }
    return Checkpoint.open(copy.write(folder.resolve("model.safetensors")));
  }

  private static void assertExpected(Checkpoint base, Checkpoint tuned, Checkpoint result)
      throws IOException {
    for (StoredTensor tensor : result.tensors()) {
      assertArrayEquals(
          ReferenceEdit.tensor(base, tuned, tensor.name(), lambda(tensor.name())),
          ReferenceEdit.bytes(result, tensor),
          tensor.name());
    }
  }
}
