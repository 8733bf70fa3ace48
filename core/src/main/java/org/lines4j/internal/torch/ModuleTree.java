package org.lines4j.internal.torch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.format.StoredCheckpoint;
import org.lines4j.internal.pickle.Value;
import org.lines4j.internal.pickle.Value.Call;
import org.lines4j.internal.pickle.Value.Dict;
import org.lines4j.internal.pickle.Value.Entry;
import org.lines4j.internal.pickle.Value.Items;
import org.lines4j.internal.pickle.Value.Text;
import org.lines4j.internal.pickle.Value.Tuple;
import org.lines4j.storage.Location;

/// The tensors of a module that was pickled as a whole, as its `state_dict` would name them: its
/// parameters, its buffers that are kept, then those of the modules in it.
final class ModuleTree {
  private static final int DEEPEST = 100;

  private final Location file;
  private final Map<String, Value> tensors = new LinkedHashMap<>();
  private int modules;

  ModuleTree(Location file) {
    this.file = file;
  }

  /// A module's attributes; empty for what is no module.
  static Optional<Dict> attributes(Value value) {
    if (!(value instanceof Call call)) {
      return Optional.empty();
    }
    Value state =
        call.state() instanceof Tuple slots && !slots.items().isEmpty()
            ? slots.items().getFirst()
            : call.state();
    return state instanceof Dict dict
            && dict.find("_modules").isPresent()
            && dict.find("_parameters").isPresent()
        ? Optional.of(dict)
        : Optional.empty();
  }

  Map<String, Value> tensors(Value module) {
    walk("", module, 0);
    return tensors;
  }

  private void walk(String prefix, Value module, int depth) {
    Optional<Dict> attributes = attributes(module);
    if (attributes.isEmpty() && module instanceof Value.Nothing) {
      return; // a place that is left empty
    }
    boolean isPacked =
        prefix.endsWith(StateDicts.PACKED + ".")
            || attributes.flatMap(own -> own.find(StateDicts.PACKED)).isPresent();
    if (attributes.isEmpty() || isPacked) {
      throw unseen(prefix, isPacked);
    }
    if (depth > DEEPEST || ++modules > StoredCheckpoint.MAX_TENSORS) {
      throw new InputException(
          file, "its modules lie too deep within each other, or in themselves");
    }
    Dict own = attributes.get();
    add(prefix, own, "_parameters", Set.of());
    add(prefix, own, "_buffers", notKept(own));
    for (Entry entry : entries(own, "_modules")) {
      walk(prefix + name(entry) + ".", entry.value(), depth + 1);
    }
  }

  /// What has a way of its own to be pickled: its tensors would be missing without a word.
  private InputException unseen(String name, boolean isPacked) {
    String part = name.isEmpty() ? "the module" : Shown.of(name.replaceAll("\\.$", ""));
    return isPacked
        ? new InputException(
                file, part + ": quantised by PyTorch, its weight and bias are packed in one object")
            .withRemedy("use the model that it was quantised from")
        : new InputException(
                file, part + ": pickled in a way of its own, in which its tensors are not seen")
            .withRemedy("save the model's state_dict instead");
  }

  private void add(String prefix, Dict own, String attribute, Set<String> leftOut) {
    for (Entry entry : entries(own, attribute)) {
      String name = name(entry);
      if (!TensorRebuilder.isTensor(entry.value()) && !(entry.value() instanceof Value.Nothing)) {
        throw unseen(prefix + name, false);
      }
      if (TensorRebuilder.isTensor(entry.value())
          && !leftOut.contains(name)
          && tensors.put(prefix + name, entry.value()) != null) {
        throw new InputException(file, "tensor " + Shown.of(prefix + name) + " is in it twice");
      }
    }
  }

  private String name(Entry entry) {
    if (entry.key() instanceof Text(String name)) {
      return name;
    }
    throw new InputException(file, "a module, parameter or buffer in it has no name");
  }

  private static List<Entry> entries(Dict attributes, String name) {
    return switch (attributes.find(name).orElse(Value.Nothing.NOTHING)) {
      case Dict dict -> dict.entries();
      case Call call -> call.dict().entries();
      default -> List.of();
    };
  }

  /// Buffers that a module makes anew when it is made.
  private static Set<String> notKept(Dict attributes) {
    Value names = attributes.find("_non_persistent_buffers_set").orElse(Value.Nothing.NOTHING);
    Value items =
        names instanceof Call call && !call.arguments().isEmpty()
            ? call.arguments().getFirst()
            : names;
    return items instanceof Items list
        ? list.items().stream()
            .filter(Text.class::isInstance)
            .map(text -> ((Text) text).value())
            .collect(Collectors.toSet())
        : Set.of();
  }
}
