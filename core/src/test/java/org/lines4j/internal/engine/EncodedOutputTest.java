package org.lines4j.internal.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.Encoding;
import org.lines4j.format.FileLayout;
import org.lines4j.format.Formats;
import org.lines4j.format.OutputFormat;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Work;
import org.lines4j.layers.Place;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.NotFinite;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.ByteRange;
import org.lines4j.storage.Sink;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// What is not stored element by element: blocks with a scale within, and codes with scales in
/// another tensor of the file.
class EncodedOutputTest {
  private static final Place BEFORE = new Place.Outside(Place.Side.BEFORE);
  private static final float LAMBDA = 0.3f;

  /// Some odd sizes around chunks' and bands' ends.
  private static final List<Shape> SHAPES =
      List.of(Shape.of(700, 1056), Shape.of(7, 33), Shape.of(64), Shape.of(5), Shape.of(3, 0));

  @TempDir private Path folder;
  private Checkpoint base;
  private Checkpoint tuned;

  /// 32 elements in 34 bytes: the largest magnitude, and each element as a part of it.
  private record Blocks() implements Encoding {
    @Override
    public String name() {
      return "B8";
    }

    @Override
    public List<EncodedTensor> parts(TensorInfo tensor) {
      return List.of(new EncodedTensor(tensor, name(), 32, 34));
    }

    @Override
    public long band(Shape shape) {
      return 32;
    }

    @Override
    public void encode(Shape shape, long first, MemorySegment values, List<MemorySegment> parts) {
      assertEquals(0, first % 32);
      MemorySegment to = parts.getFirst().fill((byte) 0);
      long count = values.byteSize() / Float.BYTES;
      for (long block = 0; block * 32 < count; block++) {
        MemorySegment some =
            values.asSlice(block * 128, Math.min(128, values.byteSize() - block * 128));
        float most = codes(some, to.asSlice(block * 34 + 2));
        to.set(ValueLayout.JAVA_SHORT_UNALIGNED, block * 34, Float.floatToFloat16(most));
      }
      assertEquals(Math.ceilDiv(count, 32L) * 34, to.byteSize());
    }
  }

  /// A byte for each element, and for each `rows` rows a float in another tensor.
  private record Rows(int rows) implements Encoding {
    @Override
    public String name() {
      return "R8";
    }

    @Override
    public List<EncodedTensor> parts(TensorInfo tensor) {
      Shape shape = tensor.shape();
      TensorInfo scales =
          new TensorInfo(
              tensor.name() + "_scale",
              DType.F32,
              Shape.of(Math.ceilDiv(shape.elements(), band(shape))));
      return List.of(
          EncodedTensor.of(new TensorInfo(tensor.name(), DType.I8, shape)),
          EncodedTensor.of(scales));
    }

    @Override
    public long band(Shape shape) {
      return Math.max(1, shape.rank() < 2 ? shape.elements() : rows * shape.dims().getLast());
    }

    @Override
    public void encode(Shape shape, long first, MemorySegment values, List<MemorySegment> parts) {
      assertEquals(0, first % band(shape));
      assertEquals(values.byteSize() / Float.BYTES, parts.getFirst().byteSize());
      assertEquals(Float.BYTES, parts.get(1).byteSize());
      parts.get(1).set(ValueLayout.JAVA_FLOAT_UNALIGNED, 0, codes(values, parts.getFirst()));
    }
  }

  private static float codes(MemorySegment values, MemorySegment codes) {
    float most = 0;
    for (long at = 0; at < values.byteSize(); at += Float.BYTES) {
      most = Math.max(most, Math.abs(values.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at)));
    }
    for (long at = 0; at < values.byteSize(); at += Float.BYTES) {
      float value = values.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
      codes.set(ValueLayout.JAVA_BYTE, at / Float.BYTES, (byte) Math.round(value / most * 127));
    }
    return most;
  }

  /// Tensors one after the other, of any encoding.
  private static final class Any implements OutputFormat {
    @Override
    public String name() {
      return "any";
    }

    @Override
    public boolean isFile(String name) {
      return name.endsWith(".any");
    }

    @Override
    public FileLayout layout(Map<String, String> metadata, List<EncodedTensor> tensors) {
      return FileLayout.tight(new byte[5], tensors);
    }
  }

  @BeforeEach
  void open() throws IOException {
    base = Checkpoint.open(write("base", 1));
    tuned = Checkpoint.open(write("tuned", 2));
  }

  @AfterEach
  void close() throws IOException {
    base.close();
    tuned.close();
  }

  private static String name(int i) {
    return "t" + i;
  }

  private Path write(String name, long seed) throws IOException {
    Path file = folder.resolve(name + ".safetensors");
    List<TensorInfo> infos = new ArrayList<>();
    for (int i = 0; i < SHAPES.size(); i++) {
      infos.add(new TensorInfo(name(i), DType.F32, SHAPES.get(i)));
    }
    Random random = new Random(seed);
    try (CheckpointWriter writer = CheckpointWriter.create(file, infos, Map.of())) {
      for (TensorInfo info : infos) {
        float[] values = new float[(int) info.elements()];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) random.nextGaussian();
        }
        writer.write(info.name(), Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, values));
      }
      writer.publish();
    }
    return file;
  }

  private static float[] values(Checkpoint model, int tensor) throws IOException {
    MemorySegment all = Arena.ofAuto().allocate(SHAPES.get(tensor).elements() * Float.BYTES);
    model.source(model.find(name(tensor)).orElseThrow()).read(0, all);
    return all.toArray(ValueLayout.JAVA_FLOAT);
  }

  private Source source(Checkpoint model, int tensor) {
    return new Source(model, model.find(name(tensor)).orElseThrow());
  }

  private static PlannedTensor planned(int tensor, Work work, Encoding encoding) {
    TensorInfo info = new TensorInfo(name(tensor), DType.F32, SHAPES.get(tensor));
    return new PlannedTensor(info, BEFORE, OptionalDouble.of(LAMBDA), work, encoding);
  }

  private List<PlannedTensor> scaled(Encoding encoding) {
    List<PlannedTensor> tensors = new ArrayList<>();
    for (int i = 0; i < SHAPES.size(); i++) {
      tensors.add(planned(i, new Work.Scale(source(base, i), source(tuned, i), LAMBDA), encoding));
    }
    return tensors;
  }

  /// What the tensors' parts must hold, each made in one go.
  private Map<String, byte[]> expected(Encoding encoding) throws IOException {
    Map<String, byte[]> expected = new HashMap<>();
    for (int i = 0; i < SHAPES.size(); i++) {
      float[] values = values(base, i);
      float[] others = values(tuned, i);
      for (int k = 0; k < values.length; k++) {
        values[k] += (others[k] - values[k]) * LAMBDA;
      }
      List<EncodedTensor> parts = encoding.parts(new TensorInfo(name(i), DType.F32, SHAPES.get(i)));
      List<byte[]> bytes = new ArrayList<>();
      parts.forEach(part -> bytes.add(new byte[(int) part.byteSize()]));
      encodeByBands(encoding, SHAPES.get(i), values, bytes);
      for (int p = 0; p < parts.size(); p++) {
        expected.put(parts.get(p).name(), bytes.get(p));
      }
    }
    return expected;
  }

  private static void encodeByBands(
      Encoding encoding, Shape shape, float[] values, List<byte[]> bytes) {
    int band = (int) encoding.band(shape);
    int[] at = new int[bytes.size()];
    for (int from = 0; from < values.length; from += band) {
      int to = Math.min(values.length, from + band);
      List<MemorySegment> targets = new ArrayList<>();
      for (int p = 0; p < at.length; p++) {
        int length = p > 0 ? Float.BYTES : encoding instanceof Blocks ? 34 : to - from;
        targets.add(MemorySegment.ofArray(bytes.get(p)).asSlice(at[p], length));
        at[p] += length;
      }
      MemorySegment some = MemorySegment.ofArray(Arrays.copyOfRange(values, from, to));
      encoding.encode(shape, from, some, targets);
    }
  }

  /// A file in memory.
  private record Memory(MemorySegment bytes) implements Sink {
    @Override
    public void write(MemorySegment some, long position) {
      MemorySegment.copy(some, 0, bytes, position, some.byteSize());
    }

    @Override
    public void sync() {}

    @Override
    public void close() {}
  }

  private static Map<String, byte[]> run(List<PlannedTensor> tensors, int threads, int chunk)
      throws IOException {
    return run(tensors, threads, chunk, new ArrayList<>());
  }

  private static Map<String, byte[]> run(
      List<PlannedTensor> tensors, int threads, int chunk, List<NotFinite> notFinite)
      throws IOException {
    OutputShard shard = new OutputShard("out.any", new Any(), Map.of(), tensors);
    List<Memory> files = new ArrayList<>();
    RunOptions options = RunOptions.defaults().withThreads(threads).withChunkBytes(chunk);
    StreamEngine.Written written =
        StreamEngine.write(
            List.of(shard),
            (_, size) -> {
              files.add(new Memory(MemorySegment.ofArray(new byte[(int) size])));
              return files.getLast();
            },
            options);
    notFinite.addAll(written.notFinite());
    Map<String, byte[]> found = new HashMap<>();
    for (FileLayout.Placed placed : shard.layout().tensors()) {
      long size = placed.end() - placed.start();
      MemorySegment bytes = files.getFirst().bytes().asSlice(placed.start(), size);
      found.put(placed.tensor().name(), bytes.toArray(ValueLayout.JAVA_BYTE));
    }
    return found;
  }

  private static void assertSame(Map<String, byte[]> expected, Map<String, byte[]> found) {
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach((name, bytes) -> assertArrayEquals(bytes, found.get(name), name));
  }

  @ParameterizedTest
  @CsvSource({"1, 65536", "3, 65536", "2, 4194304"})
  void blocksAreTheSameWhateverTheChunks(int threads, int chunk) throws IOException {
    Encoding encoding = new Blocks();
    assertSame(expected(encoding), run(scaled(encoding), threads, chunk));
  }

  @ParameterizedTest
  @CsvSource({"1, 65536, 1", "3, 65536, 16", "2, 4194304, 16", "3, 65536, 700", "1, 65536, 699"})
  void codesAndScalesAreTheSameWhateverTheUnits(int threads, int chunk, int rows)
      throws IOException {
    Encoding encoding = new Rows(rows);
    assertSame(expected(encoding), run(scaled(encoding), threads, chunk));
  }

  /// A merge that must have a tensor, or a row, in memory.
  private record Whole(boolean isByRow) implements TensorMerge.WholeTensor {
    @Override
    public boolean givesTaskVector() {
      return false;
    }

    @Override
    public void merge(
        Shape shape, long first, MemorySegment base, MemorySegment[] models, MemorySegment out) {
      out.copyFrom(models[0]);
    }
  }

  @ParameterizedTest
  @CsvSource({"true, 16", "false, 16", "true, 600", "true, 0"})
  void whatIsMergedAsAWholeIsEncodedToo(boolean byRow, int rows) throws IOException {
    Encoding encoding = rows == 0 ? new Blocks() : new Rows(rows);
    List<PlannedTensor> tensors = new ArrayList<>();
    for (int i = 0; i < SHAPES.size(); i++) {
      Work work =
          new Work.Merge(
              name(i),
              Optional.of(source(base, i)),
              List.of(source(tuned, i)),
              new Whole(byRow),
              Optional.empty());
      tensors.add(planned(i, work, encoding));
    }
    assertSame(expected(encoding), run(tensors, 3, 65536));
  }

  /// A tensor that says how it is stored.
  private record Stored(TensorSource values, Encoding encoding, List<TensorSource> parts)
      implements TensorSource {
    @Override
    public TensorInfo info() {
      return values.info();
    }

    @Override
    public void read(long from, MemorySegment target) throws IOException {
      values.read(from, target);
    }

    @Override
    public List<ByteRange> ranges(long from, long count) {
      return values.ranges(from, count);
    }
  }

  @Test
  void whatIsCopiedKeepsItsBytes() throws IOException {
    List<TensorInfo> infos =
        List.of(
            new TensorInfo("codes", DType.I8, Shape.of(700, 1056)),
            new TensorInfo("scales", DType.F32, Shape.of(44)));
    Path file = folder.resolve("stored.safetensors");
    Map<String, byte[]> stored = new HashMap<>();
    try (CheckpointWriter writer = CheckpointWriter.create(file, infos, Map.of())) {
      for (TensorInfo info : infos) {
        byte[] bytes = new byte[(int) info.byteSize()];
        new Random(3).nextBytes(bytes);
        writer.write(info.name(), MemorySegment.ofArray(bytes));
        stored.put(info.name().equals("codes") ? name(0) : name(0) + "_scale", bytes);
      }
      writer.publish();
    }
    try (Checkpoint codes = Checkpoint.open(file)) {
      Encoding encoding = new Rows(16);
      List<TensorSource> parts =
          infos.stream().map(t -> codes.source(codes.find(t.name()).orElseThrow())).toList();
      TensorSource tensor = new Stored(source(base, 0).tensor(), encoding, parts);
      Work copy = new Work.Copy(new Source(base, tensor));
      assertSame(stored, run(List.of(planned(0, copy, encoding)), 2, 65536));
    }
  }

  @Test
  void whatIsNotFiniteIsCountedBeforeItIsEncoded() throws IOException {
    Work.Merge work =
        new Work.Merge(
            name(0), Optional.empty(), List.of(source(base, 0)), new Broken(), Optional.empty());
    for (Encoding encoding : List.of(new Blocks(), new Rows(16))) {
      List<NotFinite> found = new ArrayList<>();
      TensorInfo info = new TensorInfo(name(0), DType.F32, SHAPES.getFirst());
      PlannedTensor tensor =
          new PlannedTensor(info, BEFORE, OptionalDouble.empty(), work, encoding);
      Map<String, byte[]> _ = run(List.of(tensor), 2, 65536, found);
      assertEquals(List.of(new NotFinite(info, 1, 1, 0, 0)), found);
    }
  }

  /// One element is NaN, one is infinite.
  private record Broken() implements TensorMerge.Elementwise {
    @Override
    public boolean givesTaskVector() {
      return false;
    }

    @Override
    public void merge(long first, float[] base, float[][] models, float[] out, int count) {
      Arrays.fill(out, 0, count, 1);
      if (first == 0) {
        out[7] = Float.NaN;
        out[8] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  @Test
  void safetensorsRefusesBlocks() {
    List<PlannedTensor> tensors = scaled(new Blocks()).subList(0, 1);
    RequestException refusal =
        assertThrows(
            RequestException.class,
            () -> new OutputShard("out", Formats.ofFolder(), Map.of(), tensors));
    assertEquals(
        "t0: safetensors cannot hold B8; write another format, or ask for an element type",
        refusal.getMessage());
  }
}
