package org.lines4j.internal.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Methods;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companions;
import org.lines4j.format.Formats;
import org.lines4j.format.Shard;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.rank.Interval;
import org.lines4j.internal.rank.RankSearch;
import org.lines4j.internal.work.Facts;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Work;
import org.lines4j.layers.Place;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.method.Parameter;
import org.lines4j.method.Parameter.Scope;
import org.lines4j.plan.RunOptions;
import org.lines4j.run.Desk;
import org.lines4j.run.Partial;
import org.lines4j.run.Pass;
import org.lines4j.run.Runner;
import org.lines4j.storage.ByteRange;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Sink;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;
import org.lines4j.testing.BytesInMemory;

/// What goes from those who share a pass over models of 70 billion parameters, or of 671, to
/// whoever adds it up: as much as the units that each has done ask for, whatever the models' size.
@ParameterizedClass
@ValueSource(ints = {SparsePartialsTest.OF_70_BILLION, SparsePartialsTest.OF_671_BILLION})
class SparsePartialsTest {
  static final int OF_70_BILLION = 80;
  static final int OF_671_BILLION = 782;

  private static final int MODELS = 3;
  private static final int CHUNK = 1 << 22;
  private static final List<Work.Merge> MERGES = new ArrayList<>();
  private static final List<PlannedTensor> TENSORS = new ArrayList<>();

  private static int layers;

  SparsePartialsTest(int layers) {
    assertEquals(SparsePartialsTest.layers, layers);
  }

  /// A Llama of layers of width 8192, of which there is but the header.
  private record HeaderOnly(int number) implements Checkpoint {
    private static List<TensorInfo> all() {
      List<TensorInfo> all = new ArrayList<>();
      all.add(tensor("model.embed_tokens.weight", 128_256, 8192));
      for (int layer = 0; layer < layers; layer++) {
        String prefix = "model.layers." + layer + ".";
        all.add(tensor(prefix + "self_attn.q_proj.weight", 8192, 8192));
        all.add(tensor(prefix + "self_attn.k_proj.weight", 1024, 8192));
        all.add(tensor(prefix + "self_attn.v_proj.weight", 1024, 8192));
        all.add(tensor(prefix + "self_attn.o_proj.weight", 8192, 8192));
        all.add(tensor(prefix + "mlp.gate_proj.weight", 28_672, 8192));
        all.add(tensor(prefix + "mlp.up_proj.weight", 28_672, 8192));
        all.add(tensor(prefix + "mlp.down_proj.weight", 8192, 28_672));
        all.add(tensor(prefix + "input_layernorm.weight", 8192));
        all.add(tensor(prefix + "post_attention_layernorm.weight", 8192));
      }
      all.add(tensor("model.norm.weight", 8192));
      all.add(tensor("lm_head.weight", 128_256, 8192));
      return all;
    }

    private static TensorInfo tensor(String name, long... dims) {
      return new TensorInfo(name, DType.BF16, Shape.of(dims));
    }

    @Override
    public String format() {
      return "header";
    }

    @Override
    public Companions companions() {
      return Companions.none(location());
    }

    @Override
    public Location location() {
      return Location.of(java.nio.file.Path.of("model-" + number));
    }

    @Override
    public boolean isFolder() {
      return true;
    }

    @Override
    public List<Shard> shards() {
      return List.of();
    }

    @Override
    public List<StoredTensor> tensors() {
      return all().stream().map(info -> new StoredTensor(info, 0)).toList();
    }

    @Override
    public Optional<StoredTensor> find(String name) {
      return tensors().stream().filter(tensor -> tensor.name().equals(name)).findFirst();
    }

    @Override
    public TensorSource source(StoredTensor tensor) {
      return new Invented(tensor.info(), number);
    }

    @Override
    public void checkUnchanged() {}

    @Override
    public void close() {}
  }

  /// Elements that follow from where they are, for units that are carried out.
  private record Invented(TensorInfo info, int seed) implements TensorSource {
    @Override
    public void read(long from, MemorySegment target) {
      for (long i = 0; i < target.byteSize(); i += Short.BYTES) {
        long mixed = ((from + i) * 31 + seed) * 0x9E3779B97F4A7C15L;
        short bf16 = (short) (0x3c00 + (mixed >>> 55) - (mixed >> 63 << 15));
        target.set(ValueLayout.JAVA_SHORT_UNALIGNED, i, bf16);
      }
    }

    @Override
    public List<ByteRange> ranges(long from, long count) {
      return List.of();
    }
  }

  /// Where nothing is kept.
  private record Nowhere() implements Sink {
    @Override
    public void write(MemorySegment bytes, long position) {}

    @Override
    public void sync() {}

    @Override
    public void close() {}
  }

  @BeforeParameterizedClassInvocation
  static void planFromHeaders(int layers) {
    SparsePartialsTest.layers = layers;
    MERGES.clear();
    TENSORS.clear();
    List<HeaderOnly> models = new ArrayList<>();
    for (int i = 0; i <= MODELS; i++) {
      models.add(new HeaderOnly(i));
    }
    MethodType ties = Methods.find("ties").orElseThrow();
    for (TensorInfo info : HeaderOnly.all()) {
      StoredTensor stored = new StoredTensor(info, 0);
      List<Source> sources = models.stream().map(model -> new Source(model, stored)).toList();
      Work.Merge work =
          new Work.Merge(
              info.name(),
              Optional.of(sources.getFirst()),
              sources.subList(1, sources.size()),
              ties.create(settings(ties, info.name())),
              Optional.empty());
      MERGES.add(work);
      TENSORS.add(
          new PlannedTensor(
              info, new Place.Outside(Place.Side.BEFORE), OptionalDouble.of(1), work));
    }
  }

  /// The same tensors, merged by another method.
  private static List<Work.Merge> merges(String name) {
    MethodType method = Methods.find(name).orElseThrow();
    return MERGES.stream()
        .map(work -> work.with(method.create(settings(method, work.tensor()))))
        .toList();
  }

  private static Settings settings(MethodType method, String tensor) {
    Map<String, Object> global = new HashMap<>();
    Map<String, Object> model = new HashMap<>();
    for (Parameter parameter : method.parameters()) {
      Object value = parameter.fallback().orElse(1.0);
      (parameter.scope() == Scope.MODEL ? model : global).put(parameter.name(), value);
    }
    global.computeIfPresent("trim_scope", (_, _) -> "model");
    model.computeIfPresent("density", (_, _) -> 0.2);
    return new Settings(tensor, Shape.of(1), 0, global, List.of(model, model, model));
  }

  private static Facts facts() {
    return Facts.none().withThresholds(List.of(0.01f, 0.01f, 0.01f)).withMajority(1);
  }

  private static List<Work.Merge> elementwise() {
    return WrittenPass.merges(TENSORS.stream().map(facts()::applyTo).toList());
  }

  /// What some units come to, spread over the whole model.
  private static <R extends Partial<R>> byte[] bytes(Pass<R> pass, int count) throws IOException {
    R partial = pass.nothing();
    try (Arena arena = Arena.ofConfined()) {
      Desk<R> desk = pass.desk(arena);
      for (int i = 0; i < count; i++) {
        desk.run((int) ((long) pass.units() * i / count), partial);
      }
    }
    byte[] written = write(partial);
    R read = pass.nothing();
    read.readFrom(new DataInputStream(new ByteArrayInputStream(written)));
    assertArrayEquals(written, write(read), "what was read is what was written");
    return written;
  }

  private static byte[] write(Partial<?> partial) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    partial.writeTo(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  /// Between what no unit comes to and what many do, each adds no more than that.
  private static <R extends Partial<R>> void check(Pass<R> pass, int mostEach, int fixed)
      throws IOException {
    int few = bytes(pass, 3).length;
    int many = bytes(pass, 9).length;
    assertTrue(few <= fixed + 3 * mostEach, "3 units: " + few);
    assertTrue(many <= fixed + 9 * mostEach, "9 units: " + many);
    System.out.println(
        pass.title()
            + ": %,d units; of 3 of them %,d bytes go to the driver, of 9 %,d; of all, at most %,d"
                .formatted(pass.units(), few, many, fixed + (long) pass.units() * mostEach));
  }

  @Test
  void headersOfSoManyParametersArePlanned() {
    long parameters = HeaderOnly.all().stream().mapToLong(TensorInfo::elements).sum();
    assertEquals(layers == OF_70_BILLION ? 70_553_706_496L : 671_223_095_296L, parameters);
    assertTrue(Segments.of(MERGES).size() > parameters >> 20);
  }

  @Test
  void normsAreOfAFixedSize() throws IOException {
    check(Norms.pass(elementwise(), facts()), 0, 160);
  }

  @Test
  void countsOfMagnitudesAreOfAFixedSize() throws IOException {
    long elements = MERGES.stream().mapToLong(Work.Merge::elements).sum();
    RankSearch search = new RankSearch(elements, new long[] {1, 2, 3}, 3);
    List<Interval> intervals = new ArrayList<>();
    search.sample(
        all -> {
          intervals.addAll(all);
          return all.stream().map(Interval::counts).toList();
        },
        elements);
    Magnitudes.Count count = new Magnitudes.Count(intervals, search.guesses());
    int bins = intervals.stream().mapToInt(Interval::bins).sum();
    check(Magnitudes.all(MERGES, count), 0, 64 + 10 * bins);
    check(Magnitudes.sample(MERGES, 1 << 15, count), 0, 64 + 10 * bins);
  }

  @Test
  void writingTellsVotesAndNamesOfModelsAlone() throws IOException {
    OutputShard shard =
        new OutputShard(
            "model.safetensors",
            Formats.ofFolder(),
            Map.of(),
            TENSORS.stream().map(facts()::applyTo).toList());
    check(WritePass.all(List.of(shard), facts(), List.of(new Nowhere()), CHUNK), 0, 160);
  }

  @Test
  void differencesGrowWithTheUnitsAlone() throws IOException {
    List<DifferenceEngine.Pair> pairs =
        MERGES.stream()
            .map(m -> new DifferenceEngine.Pair(m.base().orElseThrow(), m.models().getFirst()))
            .toList();
    check(new DifferenceEngine(pairs), 104, 32);
  }

  @Test
  void productsOfUpdatesGrowWithTheUnitsAlone() throws IOException {
    int products = MODELS * MODELS * Double.BYTES;
    int ends = (MODELS + 1) * 2 * Float.BYTES;
    check(UpdateProducts.pass(MERGES), Integer.BYTES + products + Double.BYTES + ends, 16);
  }

  @Test
  void hashesGrowWithTheFilesThatWereReadAlone() throws IOException {
    List<ByteSource> files = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < 3 * layers; i++) {
      files.add(new BytesInMemory(Location.parse("shard-" + i), new byte[] {(byte) i}));
      numbers.add(i);
    }
    check(new HashPass(files, numbers, () -> false), 80, 16);
  }

  /// Asks what is asked of whole models, and weighs what the first pass sends.
  private static void checkQuestions(String method, int mostEach, int fixed) {
    AtomicInteger asked = new AtomicInteger();
    Runner weighing =
        new Runner() {
          @Override
          public <R extends Partial<R>> R run(Pass<R> pass) throws IOException {
            asked.incrementAndGet();
            check(pass, mostEach, fixed);
            throw new InterruptedIOException("weighed");
          }
        };
    WholeModels models = new WholeModels(merges(method), RunOptions.defaults(), weighing);
    assertThrows(InterruptedIOException.class, models::known);
    assertEquals(1, asked.get());
  }

  @Test
  void answersAboutWholeModelsAreOfAFixedSize() {
    checkQuestions("metagpt", 0, 64);
    checkQuestions("pcb", 0, 1 << 20);
  }
}
