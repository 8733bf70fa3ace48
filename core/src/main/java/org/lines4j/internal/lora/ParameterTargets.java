package org.lines4j.internal.lora;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.format.TensorSource;
import org.lines4j.layers.NameSearch;
import org.lines4j.tensor.Shape;

/// Changes of parameters that are no layer's weight (`target_parameters`): above all experts that
/// lie packed in one tensor.
///
/// Of E experts, `lora_A` is [E·rank, in], expert by expert; `lora_B` is [out, rank·E], of each
/// rank all experts. Where a module has several such parameters, each change lies around the one
/// before, and only shapes say which is whose.
record ParameterTargets(Adapter adapter, BaseTensors base, NameSearch search, Panels panels) {
  /// In this order they are made in every model of transformers.
  private static final List<String> ORDER = List.of("gate_up_proj", "down_proj");

  /// A parameter and how its change lies in it.
  ///
  /// @param isTurned whether it is [experts, in, out]
  private record Target(String name, Experts experts, boolean isTurned) {}

  /// The tensors that come of all changes of one module.
  Map<String, TensorSource> changed(List<LoraModule> modules) {
    Map<String, TensorSource> changed = new LinkedHashMap<>();
    targets(modules).forEach((module, target) -> changed.putAll(changed(module, target)));
    return changed;
  }

  /// What the base calls a parameter, or the first matrix of its experts, by the depth of the
  /// change of it.
  Map<Integer, String> names(List<LoraModule> modules) {
    Map<Integer, String> names = new LinkedHashMap<>();
    targets(modules)
        .forEach((module, target) -> names.put(module.depth(), target.experts().first()));
    return names;
  }

  private Map<LoraModule, Target> targets(List<LoraModule> modules) {
    List<LoraModule> inward =
        modules.stream().sorted(Comparator.comparingInt(LoraModule::depth).reversed()).toList();
    List<String> names = new ArrayList<>(base.parameters(modules.getFirst().name()));
    names.sort(Comparator.comparingInt(ORDER::indexOf));
    List<List<Target>> ways = new ArrayList<>();
    assign(inward, names, List.of(), ways);
    if (ways.isEmpty()) {
      throw misfit(inward, names);
    }
    List<Target> way = ways.getFirst();
    boolean isKnown = way.stream().allMatch(target -> ORDER.contains(last(target.name())));
    if (ways.size() > 1 && !isKnown) {
      throw new InputException(
          adapter.weights().location(),
          "module %s: its changes fit its parameters %s in several ways"
              .formatted(modules.getFirst().name(), names));
    }
    Map<LoraModule, Target> targets = new LinkedHashMap<>();
    for (int i = 0; i < inward.size(); i++) {
      targets.put(inward.get(i), way.get(i));
    }
    return targets;
  }

  private static String last(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /// All ways to give each module a parameter that fits it, the usual order first.
  private void assign(
      List<LoraModule> modules, List<String> names, List<Target> before, List<List<Target>> ways) {
    if (before.size() == modules.size()) {
      ways.add(before);
      return;
    }
    LoraModule module = modules.get(before.size());
    for (String name : names) {
      Optional<Target> target = target(module, name);
      if (target.isPresent() && ways.size() < 2) {
        List<String> rest = new ArrayList<>(names);
        rest.remove(name);
        List<Target> next = new ArrayList<>(before);
        next.add(target.get());
        assign(modules, rest, List.copyOf(next), ways);
      }
    }
  }

  private Optional<Target> target(LoraModule module, String parameter) {
    String name = module.name() + "." + parameter;
    Optional<Experts> experts = Experts.of(base, module.name(), parameter);
    if (experts.isEmpty() || module.a().info().shape().rank() != 2) {
      return Optional.empty();
    }
    List<Long> dims = experts.get().shape().dims();
    long count = dims.get(0);
    long rank = adapter.config().rank(search, name);
    boolean fits = module.rank() == Math.multiplyExact(rank, count);
    boolean isPlain = dims.get(1) == module.outputs() && dims.get(2) == module.inputs();
    boolean isTurned = dims.get(1) == module.inputs() && dims.get(2) == module.outputs();
    if (!fits || (!isPlain && !isTurned)) {
      return Optional.empty();
    }
    return Optional.of(
        new Target(
            name, experts.get(), (isPlain && isTurned) ? storesInputsFirst(module) : isTurned));
  }

  /// Of square parameters, as another parameter of the same module lies: one that is changed, too,
  /// else the other of the two that experts have. `gate_up_proj` has twice the outputs that
  /// `down_proj` has inputs: where one is square, the other is wider than high if inputs come
  /// first.
  private boolean storesInputsFirst(LoraModule module) {
    for (LoraModule other : adapter.modules()) {
      for (String parameter : base.parameters(other.name())) {
        Optional<Shape> shape = Experts.of(base, other.name(), parameter).map(Experts::shape);
        boolean isOther = other.name().equals(module.name()) && other.outputs() != other.inputs();
        if (isOther && shape.isPresent()) {
          List<Long> dims = shape.get().dims();
          if (dims.get(1) == other.inputs() && dims.get(2) == other.outputs()) {
            return true;
          }
        }
      }
    }
    return ORDER.stream()
        .flatMap(parameter -> Experts.of(base, module.name(), parameter).stream())
        .map(experts -> experts.shape().dims())
        .anyMatch(dims -> dims.get(1) < dims.get(2));
  }

  private Map<String, TensorSource> changed(LoraModule module, Target target) {
    long count = target.experts().shape().dims().getFirst();
    long rank = module.rank() / count;
    float scale = adapter.config().scale(search, target.name());
    List<Factor> lefts = new ArrayList<>();
    List<Factor> rights = new ArrayList<>();
    for (long e = 0; e < count; e++) {
      long in = module.inputs();
      Factor a = new Factor(module.a(), e * rank * in, rank, in, in, 1);
      Factor b = new Factor(module.b(), e, module.outputs(), rank, rank * count, count);
      lefts.add(target.isTurned() ? a.transposed() : b);
      rights.add(target.isTurned() ? b.transposed() : a);
    }
    return target.experts().with(new Product(lefts, rights, scale, panels));
  }

  private InputException misfit(List<LoraModule> modules, List<String> names) {
    LoraModule first = modules.getFirst();
    boolean isThere =
        names.stream().anyMatch(name -> Experts.of(base, first.name(), name).isPresent());
    return isThere
        ? new InputException(
                adapter.weights().location(),
                "module %s: tensors such as %s %s and %s %s fit none of its parameters %s"
                    .formatted(
                        first.name(),
                        first.a().info().name(),
                        first.a().info().shape(),
                        first.b().info().name(),
                        first.b().info().shape(),
                        names))
            .withTensor(first.a().info().name())
        : base.missing(first.name());
  }
}
