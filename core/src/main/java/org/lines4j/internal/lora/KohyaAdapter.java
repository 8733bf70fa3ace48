package org.lines4j.internal.lora;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.kernel.ScalarKernels;
import org.lines4j.internal.lora.AdapterConfig.Rule;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;

/// A LoRA of sd-scripts, whose file has everything: `lora_down` is A, `lora_up` is B, `alpha` a
/// number for each module, its rank where it is missing.
final class KohyaAdapter {
  private static final Pattern NAME =
      Pattern.compile("(?<group>lora_[a-z]+\\d*)_(?<end>.+?)\\.(?<part>[^.]+(\\.weight)?)");

  /// Which modules belong to which folder of a pipeline of diffusers: its text encoders have
  /// modules of the same names.
  private static final Map<String, Set<String>> PARTS =
      Map.of(
          "unet", Set.of("lora_unet"),
          "transformer", Set.of("lora_unet", "lora_transformer"),
          "text_encoder", Set.of("lora_te", "lora_te1"),
          "text_encoder_2", Set.of("lora_te2"),
          "text_encoder_3", Set.of("lora_te3"));

  /// What a module has. Alpha is NaN until it is known.
  private static final class Parts {
    private Optional<TensorSource> down = Optional.empty();
    private Optional<TensorSource> up = Optional.empty();
    private double alpha = Double.NaN;
  }

  private final Checkpoint weights;

  /// Of each part of a pipeline, its modules by their names with underscores.
  private final Map<String, Map<String, Parts>> groups = new LinkedHashMap<>();

  KohyaAdapter(Checkpoint weights) throws IOException {
    this.weights = weights;
    for (StoredTensor tensor : weights.tensors()) {
      add(tensor);
    }
  }

  private void add(StoredTensor tensor) throws IOException {
    Matcher name = NAME.matcher(tensor.name());
    if (!name.matches() || !tensor.info().dtype().isFloating()) {
      throw wrong(tensor.name(), "nothing that a LoRA of sd-scripts has as numbers of its own");
    }
    Parts parts =
        groups
            .computeIfAbsent(name.group("group"), _ -> new LinkedHashMap<>())
            .computeIfAbsent(name.group("end"), _ -> new Parts());
    TensorSource source = weights.source(tensor);
    switch (name.group("part")) {
      case "lora_down.weight" -> parts.down = Optional.of(source);
      case "lora_up.weight" -> parts.up = Optional.of(source);
      case "alpha" -> parts.alpha = number(tensor, source);
      default ->
          throw wrong(
              tensor.name(),
              "a part of a LyCORIS or DoRA adapter, which is no product of two matrices alone");
    }
  }

  private double number(StoredTensor tensor, TensorSource source) throws IOException {
    if (tensor.info().elements() != 1) {
      throw wrong(tensor.name(), "expected one number, found " + tensor.info().shape());
    }
    DType type = tensor.info().dtype();
    MemorySegment bytes = MemorySegment.ofArray(new byte[type.bytes()]);
    source.read(0, bytes);
    float[] value = new float[1];
    new ScalarKernels().decode(type, bytes, 0, value, 1); // before a program has chosen others
    if (!Float.isFinite(value[0])) {
      throw wrong(tensor.name(), "expected a finite number, found " + value[0]);
    }
    return value[0];
  }

  private InputException wrong(String tensor, String why) {
    return new InputException(weights.location(), "tensor %s: %s".formatted(tensor, why))
        .withTensor(tensor)
        .withRemedy("merge it into its model with sd-scripts first (networks/merge_lora.py)");
  }

  /// The same as an adapter of PEFT, its modules called as in a base.
  ///
  /// @throws InputException if a part of it can be several of the base's, or none of it is there
  Adapter on(Checkpoint base) {
    KohyaNames names = new KohyaNames(base);
    Map<String, Parts> named = new LinkedHashMap<>();
    List<String> left = new ArrayList<>();
    Set<String> own = PARTS.getOrDefault(base.location().name(), groups.keySet());
    groups.forEach(
        (group, modules) -> {
          if (!own.contains(group)) {
            left.add(group);
            return;
          }
          List<Map<String, String>> ways = names.ways(modules.keySet());
          if (ways.size() == 1) {
            modules.forEach((end, parts) -> put(named, ways.getFirst().get(end), group, parts));
          } else if (ways.isEmpty() && modules.keySet().stream().noneMatch(names::has)) {
            left.add(group);
          } else {
            throw uncertain(base, group, modules, names, ways);
          }
        });
    if (named.isEmpty()) {
      throw nowhere(base);
    }
    return adapter(named, left);
  }

  private void put(Map<String, Parts> named, @Nullable String module, String group, Parts parts) {
    if (module == null || named.put(module, parts) != null) {
      throw new InputException(
              weights.location(),
              "a LoRA of kohya's sd-scripts, of which %s and another part change the same module, %s"
                  .formatted(group, module))
          .withRemedy("merge it into its model with sd-scripts first (networks/merge_lora.py)");
    }
  }

  private InputException uncertain(
      Checkpoint base,
      String group,
      Map<String, Parts> modules,
      KohyaNames names,
      List<Map<String, String>> ways) {
    String why =
        ways.isEmpty()
            ? "%s_%s is no module of it, others are".formatted(group, missing(modules, names))
            : ways.stream()
                .limit(3)
                .map(way -> way.values().iterator().next())
                .collect(
                    Collectors.joining(
                        " or ",
                        "%s_%s can be ".formatted(group, modules.keySet().iterator().next()),
                        ""));
    return new InputException(
            weights.location(),
            "a LoRA of kohya's sd-scripts, which does not fit %s: %s"
                .formatted(base.location(), why))
        .withRemedy("merge it into its model with sd-scripts first (networks/merge_lora.py)");
  }

  /// A module that the model has not; the first where it has all of them, not behind one beginning.
  private static String missing(Map<String, Parts> modules, KohyaNames names) {
    return modules.keySet().stream()
        .filter(end -> !names.has(end))
        .findFirst()
        .orElseGet(() -> modules.keySet().iterator().next());
  }

  private InputException nowhere(Checkpoint base) {
    Map.Entry<String, Map<String, Parts>> group = groups.entrySet().iterator().next();
    return new InputException(
            weights.location(),
            "a LoRA of kohya's sd-scripts, none of whose modules, such as %s_%s, are in %s"
                .formatted(
                    group.getKey(), group.getValue().keySet().iterator().next(), base.location()))
        .withRemedy(
            "name the part of its pipeline that it changes, such as PIPELINE/unet: its names may be"
                + " those of diffusers");
  }

  private Adapter adapter(Map<String, Parts> named, List<String> left) {
    Map<Double, Long> scales = new LinkedHashMap<>();
    List<LoraModule> modules = new ArrayList<>();
    List<Rule> ranks = new ArrayList<>();
    List<Rule> alphas = new ArrayList<>();
    named.forEach(
        (name, parts) -> {
          LoraModule module = module(name, parts);
          modules.add(module);
          double alpha = Double.isNaN(parts.alpha) ? module.rank() : parts.alpha;
          scales.merge(alpha, 1L, Long::sum);
        });
    long rank = modules.getFirst().rank();
    double usual =
        scales.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    for (LoraModule module : modules) {
      Parts parts = named.getOrDefault(module.name(), new Parts());
      double alpha = Double.isNaN(parts.alpha) ? module.rank() : parts.alpha;
      Pattern own = Pattern.compile("^" + Pattern.quote(module.name()) + "$");
      if (module.rank() != rank) {
        ranks.add(new Rule(own, module.rank()));
      }
      if (alpha != usual) {
        alphas.add(new Rule(own, alpha));
      }
    }
    Location file = weights.location();
    AdapterConfig config = AdapterConfig.of(file, rank, usual, ranks, alphas);
    return new Adapter(file, config, weights, modules, Map.of(), Map.of(), remark(left));
  }

  private LoraModule module(String name, Parts parts) {
    if (parts.down.isEmpty() || parts.up.isEmpty()) {
      String known = parts.down.or(() -> parts.up).map(s -> s.info().name()).orElse(name);
      throw wrong(known, "lora_down or lora_up of %s is missing".formatted(name));
    }
    AdapterKey key = new AdapterKey(name, AdapterKey.Role.A, 0);
    AdapterConfig plain = AdapterConfig.of(weights.location(), 1, 1, List.of(), List.of());
    return new ModuleParts(
            weights.location(),
            plain,
            Map.of(AdapterKey.Role.A, parts.down.get(), AdapterKey.Role.B, parts.up.get()))
        .module(key);
  }

  private Optional<String> remark(List<String> left) {
    if (left.isEmpty()) {
      return Optional.empty();
    }
    long count =
        left.stream().mapToLong(group -> groups.getOrDefault(group, Map.of()).size()).sum();
    return Optional.of(
        "%d of its modules, those of %s, are of another part of a pipeline and change nothing here"
            .formatted(count, String.join(", ", left)));
  }
}
