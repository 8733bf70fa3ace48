package org.lines4j.internal.planner;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lines4j.AdapterPlan;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.files.ScratchFile;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.config.ModelType;
import org.lines4j.internal.lora.AdapterText;
import org.lines4j.internal.lora.LayerKeys;
import org.lines4j.internal.output.Destination;
import org.lines4j.internal.renamed.RunningNames;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.SidecarChanges;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Work;
import org.lines4j.layers.Place;
import org.lines4j.layers.Stack;
import org.lines4j.lowrank.DenseMatrix;
import org.lines4j.lowrank.Factors;
import org.lines4j.storage.ByteRange;
import org.lines4j.storage.Location;
import org.lines4j.tensor.TensorInfo;

/// A new adapter in the making: its factors, module by module, in a scratch file; what it replaces;
/// its configuration.
final class AdapterOutput implements Closeable {
  private static final Pattern EXPERT = Pattern.compile("(^|\\.)experts\\.\\d+\\.");

  /// What an expert's matrices and their router are called, of whatever they are.
  private static final Pattern LIKE_EXPERT =
      Pattern.compile("(^|\\.)(gate_proj|up_proj|down_proj|w[123])$");

  private static final Pattern ROUTER =
      Pattern.compile("(^|\\.)(gate|gate\\.wg|router|router\\.(classifier|layer))$");

  /// Experts of IBM's models, in one tensor in files and, under another name, in transformers 5.
  private static final Pattern PACKED = Pattern.compile("(^|\\.)(input|output)_linear$");

  /// Models to whose packed experts PEFT 0.21 brings the products of an adapter.
  private static final Set<String> PACKABLE = Set.of("mixtral", "olmoe", "qwen3_moe");

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Destination destination;
  private final Checkpoint base;
  private final ScratchFile scratch;
  private final List<PlannedTensor> tensors = new ArrayList<>();
  private final List<AdapterPlan.Module> modules = new ArrayList<>();
  private final List<Changed> products = new ArrayList<>();
  private final SortedMap<String, Integer> ranks = new TreeMap<>();
  private final SortedSet<String> saved = new TreeSet<>();
  private final Set<Boolean> turned = new HashSet<>();
  private boolean hasBiases;

  private AdapterOutput(Destination destination, Checkpoint base) throws IOException {
    this.destination = destination;
    this.base = base;
    this.scratch = ScratchFile.create();
  }

  /// Begins an adapter, once it is sure that it may go to `out`.
  static AdapterOutput at(
      Location out, Checkpoint base, Collection<Checkpoint> inputs, boolean force)
      throws IOException {
    Destination destination = Destination.of(out);
    if (destination.isFile()) {
      throw new RequestException(out, "an adapter is a folder: its weights and their configuration")
          .withRemedy("name one");
    }
    destination.check(inputs, force);
    return new AdapterOutput(destination, base);
  }

  /// A factor that was computed.
  private record Computed(TensorInfo info, ScratchFile file, long start) implements TensorSource {
    @Override
    public void read(long from, MemorySegment target) throws IOException {
      file.read(start + from, target);
    }

    @Override
    public List<ByteRange> ranges(long from, long count) {
      return List.of();
    }
  }

  /// A module that is changed by a product, whose factors are in the scratch file.
  ///
  /// @param factors `lora_A` and `lora_B`
  record Changed(LayerKeys keys, AdapterPlan.Module module, List<PlannedTensor> factors) {}

  /// Keeps the factors of a module, from any thread.
  Changed keep(LayerKeys keys, Place place, Factors factors) throws IOException {
    int rank = factors.rank();
    return new Changed(
        keys,
        new AdapterPlan.Module(keys.module(), place, rank, factors.norm(), factors.error()),
        List.of(
            keep(keys.first(rank), place, factors.right()),
            keep(keys.second(rank), place, factors.left())));
  }

  private PlannedTensor keep(TensorInfo info, Place place, DenseMatrix matrix) throws IOException {
    MemorySegment bytes = MemorySegment.ofArray(new byte[(int) info.byteSize()]);
    MemorySegment.copy(matrix.elements(), 0, bytes, FLOAT, 0, matrix.elements().length);
    long start;
    synchronized (scratch) {
      start = scratch.append(bytes);
    }
    Source source = new Source(base, new Computed(info, scratch, start));
    return new PlannedTensor(info, place, OptionalDouble.empty(), new Work.Copy(source));
  }

  /// Adds a module that is changed by a product.
  void add(Changed changed) {
    LayerKeys keys = changed.keys();
    ranks.put(keys.module(), changed.module().rank());
    if (keys.inputs().rank() == 2 && !keys.a().contains("embedding")) {
      turned.add(keys.isTurned());
    }
    products.add(changed);
    modules.add(changed.module());
  }

  /// Whether a module is changed by a product.
  boolean changes(String module) {
    return ranks.containsKey(module);
  }

  /// Adds a bias of a module that is changed by a product.
  void addBias(String module, PlannedTensor tensor) {
    hasBiases = true;
    add(LayerKeys.PREFIX + module + ".base_layer.bias", tensor);
  }

  /// Adds a tensor of a module that is replaced.
  ///
  /// @param name in the running model
  void addWhole(String module, String name, PlannedTensor tensor) {
    saved.add(module);
    add(LayerKeys.PREFIX + name, tensor);
  }

  /// Adds under its own name what is one with tensors that are replaced: PEFT makes two of them.
  ///
  /// @param names those of the base's tensors in the running model
  /// @param replaced by the base's names
  /// @param planned the output's tensor for one of the base
  void addTied(RunningNames names, Set<String> replaced, Function<String, PlannedTensor> planned) {
    Set<String> tied = new TreeSet<>();
    names
        .ties()
        .forEach(
            (name, to) -> {
              if (replaced.contains(to)) {
                tied.add(name.substring(0, name.lastIndexOf('.')));
              }
            });
    for (String module : tied) {
      for (String part : List.of(".weight", ".bias")) {
        String name = module + part;
        Optional.ofNullable(names.ties().get(name))
            .or(
                () ->
                    base.tensors().stream()
                        .map(StoredTensor::name)
                        .filter(own -> names.of(own).equals(name))
                        .findFirst())
            .filter(_ -> !hasTensor(name))
            .ifPresent(own -> addWhole(module, name, planned.apply(own)));
      }
    }
  }

  private boolean hasTensor(String name) {
    return tensors.stream()
        .anyMatch(tensor -> tensor.info().name().equals(LayerKeys.PREFIX + name));
  }

  private void add(String name, PlannedTensor tensor) {
    TensorInfo info = tensor.info().withName(name);
    tensors.add(new PlannedTensor(info, tensor.place(), tensor.lambda(), tensor.work()));
  }

  /// What is not known of an adapter by its tensors.
  record About(
      Map<String, Checkpoint> inputs,
      List<Stack> stacks,
      Map<String, String> settings,
      List<String> notices,
      Optional<String> baseName,
      Optional<String> task,
      boolean force,
      String description) {}

  boolean isEmpty() {
    return tensors.isEmpty() && products.isEmpty();
  }

  /// PEFT loads a replaced module's tensors all or not at all.
  private void checkWholeModules() {
    Set<String> names =
        tensors.stream().map(tensor -> tensor.info().name()).collect(Collectors.toSet());
    for (String module : saved) {
      String bias = LayerKeys.PREFIX + module + ".bias";
      if (names.contains(bias) && !names.contains(LayerKeys.PREFIX + module + ".weight")) {
        throw new InputException(
                base.location(),
                "of module %s the bias changes alone, which no adapter says: peft loads replaced modules whole"
                    .formatted(module))
            .withTensor(module + ".bias")
            .withRemedy("make a whole model");
      }
    }
  }

  /// Gives all modules of a model with experts one rank, with zeros: transformers 5 has its experts
  /// in one tensor, and PEFT, which packs the factors of adapters so, forgets their ranks, and
  /// those of routers.
  private void padRanks() throws IOException {
    if (changes(EXPERT) || (hasExperts() && changes(ROUTER))) {
      int most = Collections.max(ranks.values());
      for (int i = 0; i < products.size(); i++) {
        products.set(i, padded(products.get(i), most));
      }
      ranks.replaceAll((_, _) -> most);
    }
  }

  private boolean changes(Pattern modules) {
    return ranks.keySet().stream().anyMatch(name -> modules.matcher(name).find());
  }

  /// Whether the base has experts one by one, changed or not.
  private boolean hasExperts() {
    return base.infos().stream().anyMatch(tensor -> EXPERT.matcher(tensor.name()).find());
  }

  /// PEFT finds the experts of transformers 5, which are in one tensor, in some models alone, and
  /// says nothing of the others, nor of matrices called as theirs, which it takes for experts.
  private Optional<String> lostExperts(Set<String> types) {
    boolean isPacked = saved.stream().anyMatch(module -> PACKED.matcher(module).find());
    boolean hasOthers =
        ranks.keySet().stream()
            .anyMatch(name -> LIKE_EXPERT.matcher(name).find() && !EXPERT.matcher(name).find());
    boolean isKnown = types.stream().anyMatch(PACKABLE::contains) && !hasOthers;
    boolean meetsExperts = changes(EXPERT) || (hasExperts() && (hasOthers || changes(ROUTER)));
    return isPacked || (meetsExperts && !isKnown)
        ? Optional.of(
            "the model has experts, which transformers 5 holds in one tensor: there peft 0.21 does"
                + " not find all that this adapter changes, and says nothing; use it here, as"
                + " MODEL+ADAPTER, or with transformers 4, or make a whole model")
        : Optional.empty();
  }

  private Changed padded(Changed changed, int rank) throws IOException {
    int own = changed.module().rank();
    if (own == rank) {
      return changed;
    }
    LayerKeys keys = changed.keys();
    DenseMatrix right = matrix(changed.factors().getFirst(), own);
    DenseMatrix left = matrix(changed.factors().getLast(), Math.toIntExact(keys.outputs()));
    AdapterPlan.Module module = changed.module();
    Changed more =
        keep(
            keys,
            module.place(),
            new Factors(
                left.padded(0, rank - own),
                right.padded(rank - own, 0),
                module.norm(),
                module.error()));
    return new Changed(keys, module, more.factors());
  }

  /// Reads a factor again.
  private static DenseMatrix matrix(PlannedTensor factor, int rows) throws IOException {
    MemorySegment bytes = MemorySegment.ofArray(new byte[(int) factor.info().byteSize()]);
    factor.work().sources().getFirst().read(0, bytes);
    float[] elements = bytes.toArray(FLOAT);
    return new DenseMatrix(rows, elements.length / rows, elements);
  }

  /// The whole. The scratch file goes with it.
  AdapterPlan plan(About about) throws IOException {
    checkWholeModules();
    padRanks();
    List<String> notices = new ArrayList<>(about.notices());
    Set<String> types = base.isFolder() ? ModelType.of(base.companions()) : Set.of();
    lostExperts(types).ifPresent(notices::add);
    List<PlannedTensor> all = new ArrayList<>();
    products.forEach(product -> all.addAll(product.factors()));
    all.addAll(tensors);
    List<OutputShard> shards =
        List.of(
            new OutputShard(
                AdapterText.WEIGHTS, destination.format(), Map.of("format", "pt"), all));
    destination.checkSpace(shards.getFirst().size());
    String text =
        new AdapterText(
                ranks, saved, hasBiases, turned.contains(true), about.baseName(), about.task())
            .json();
    SidecarChanges changes =
        SidecarChanges.none()
            .withFiles(Map.of(AdapterText.FILE, new SidecarChanges.FileChange.Content(text)));
    PlannedRun plan =
        new PlannedRun(
            destination.location(),
            shards,
            all,
            about.stacks(),
            about.inputs(),
            about.settings(),
            notices,
            Optional.empty(),
            changes,
            about.force(),
            about.description(),
            Optional.empty());
    return new AdapterPlan(plan, modules, scratch);
  }

  @Override
  public void close() throws IOException {
    scratch.close();
  }
}
