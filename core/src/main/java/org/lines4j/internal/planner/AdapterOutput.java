package org.lines4j.internal.planner;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
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
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lines4j.AdapterPlan;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.files.ScratchFile;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.lora.AdapterText;
import org.lines4j.internal.lora.LayerKeys;
import org.lines4j.internal.output.Destination;
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
  private static final Pattern EMBEDDING =
      Pattern.compile("(^|\\.)(embed_tokens|embed_in|wte|word_embeddings|shared)$");

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Destination destination;
  private final Checkpoint base;
  private final ScratchFile scratch;
  private final List<PlannedTensor> tensors = new ArrayList<>();
  private final List<AdapterPlan.Module> modules = new ArrayList<>();
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
    tensors.addAll(changed.factors());
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

  private void add(String name, PlannedTensor tensor) {
    TensorInfo info = new TensorInfo(name, tensor.info().dtype(), tensor.info().shape());
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
      boolean isTied,
      boolean force,
      String description) {}

  boolean isEmpty() {
    return tensors.isEmpty();
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
                "of module %s the bias changes alone, which no adapter of several can hold: peft loads replaced modules whole"
                    .formatted(module))
            .withTensor(module + ".bias")
            .withRemedy("make a whole model");
      }
    }
  }

  /// PEFT wants to load the head a second time where it is one with a replaced embedding.
  private List<String> withTies(About about) {
    List<String> notices = new ArrayList<>(about.notices());
    saved.stream()
        .filter(module -> about.isTied() && EMBEDDING.matcher(module).find())
        .findFirst()
        .ifPresent(
            module ->
                notices.add(
                    "%s, which is also the model's head, is replaced as a whole: peft 0.21 does not load such an adapter (it misses the head's weight); use it here, as MODEL+ADAPTER, or make a whole model"
                        .formatted(module)));
    return notices;
  }

  /// The whole. The scratch file goes with it.
  AdapterPlan plan(About about) throws IOException {
    checkWholeModules();
    List<OutputShard> shards =
        List.of(
            new OutputShard(
                AdapterText.WEIGHTS, destination.format(), Map.of("format", "pt"), tensors));
    destination.checkSpace(shards.getFirst().size());
    String text =
        new AdapterText(
                ranks,
                saved,
                hasBiases,
                turned.contains(true),
                about.isTied(),
                about.baseName(),
                about.task())
            .json();
    SidecarChanges changes =
        SidecarChanges.none()
            .withFiles(Map.of(AdapterText.FILE, new SidecarChanges.FileChange.Content(text)));
    PlannedRun plan =
        new PlannedRun(
            destination.location(),
            shards,
            tensors,
            about.stacks(),
            about.inputs(),
            about.settings(),
            withTies(about),
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
