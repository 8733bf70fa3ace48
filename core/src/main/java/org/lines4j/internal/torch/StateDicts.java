package org.lines4j.internal.torch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.internal.pickle.Plain;
import org.lines4j.internal.pickle.Value;
import org.lines4j.internal.pickle.Value.Call;
import org.lines4j.internal.pickle.Value.Dict;
import org.lines4j.internal.pickle.Value.Entry;
import org.lines4j.internal.pickle.Value.Text;
import org.lines4j.storage.Location;

/// Finds the models in what a checkpoint holds: dictionaries of tensors, and modules, by the keys
/// that lead to them.
final class StateDicts {
  /// What training keeps beside a model; it may hold tensors, too.
  private static final Pattern BESIDE =
      Pattern.compile(
          ".*(optim|sched|callbacks|loops|scaler|rng|hparams|hyper_?param|args|config|metric).*",
          Pattern.CASE_INSENSITIVE);

  static final String PACKED = "_packed_params";

  /// The key of the dictionary that a file holds, where its tensors lie beside models.
  private static final String TOP = ".";

  private static final Pattern OF_NUMPY =
      Pattern.compile(
          "numpy\\._?core\\.(multiarray\\.(_reconstruct|scalar)|numeric\\._frombuffer)");

  private static final int DEEPEST = 3;
  private static final int MOST = 100_000;

  private static final int MOST_NAMED = 8;

  private final Location file;
  private Optional<String> remark = Optional.empty();

  StateDicts(Location file) {
    this.file = file;
  }

  /// The tensors of the model by their names, in its order.
  ///
  /// @param key which of several models, such as `state_dict`, with `/` between keys within each
  ///   other, or [#TOP]; empty for the only one
  /// @throws InputException if there is none, or more than one and no key
  Map<String, Value> find(Value content, String key) {
    if (key.equals(TOP) && isStateDict(content)) {
      noteOthers(content, "");
      return tensors(content);
    }
    if (!key.isEmpty()) {
      Value model = at(content, key);
      note(within(model, key), key);
      return tensors(model);
    }
    Map<String, Value> models = models(content);
    if (models.isEmpty()) {
      throw new InputException(file, "no model in it: " + instead(content))
          .withRemedy(isUnnamed(content) ? "save a dictionary of tensors by name" : "");
    }
    if (models.size() > 1) {
      List<String> keys = models.keySet().stream().map(StateDicts::shown).toList();
      throw new InputException(
              file, "several models in it, under the keys " + String.join(", ", keys))
          .withRemedy("say which, such as %s#%s".formatted(file, keys.getFirst()));
    }
    Map.Entry<String, Value> model = models.entrySet().iterator().next();
    noteOthers(content, model.getKey());
    return tensors(model.getValue());
  }

  /// The key of the only model of a file, empty where that is the file's dictionary; nothing where
  /// there are several, or a module.
  static Optional<String> onlyKey(Value content) {
    Map<String, Value> models = models(content);
    return models.size() == 1 && models.values().stream().noneMatch(StateDicts::isModule)
        ? models.keySet().stream().findFirst()
        : Optional.empty();
  }

  /// What else lies in the file; empty where that is nothing.
  Optional<String> remark() {
    return remark;
  }

  /// @param key that leads to the model
  private void noteOthers(Value content, String key) {
    List<String> others = new ArrayList<>();
    List<String> values = new ArrayList<>();
    Plain plain = new Plain();
    for (Entry entry : entries(content).map(Dict::entries).orElse(List.of())) {
      String name = entry.key() instanceof Text(String text) ? text : "(no name)";
      boolean isModel =
          key.isEmpty()
              ? TensorRebuilder.isTensor(entry.value())
              : key.split("/", 2)[0].equals(name);
      if (!isModel) {
        (plain.isOne(entry.value()) ? values : others).add(name);
      }
    }
    if (!key.isEmpty()) {
      others.addAll(within(at(content, key), key));
    }
    if (!key.isEmpty() && isModule(at(content, key))) {
      values.addAll(others);
      note(values, key);
    } else if (!isModule(content)) {
      note(others, key);
      notePlain(values);
    }
  }

  private void note(List<String> others, String key) {
    if (!others.isEmpty()) {
      remark =
          Optional.of(
              "what lies beside the model%s stays behind: %s"
                  .formatted(
                      key.isEmpty() ? "" : ", which is under " + Shown.of(key) + ",",
                      named(others)));
    }
  }

  private void notePlain(List<String> plain) {
    if (!plain.isEmpty()) {
      String note =
          "plain values beside the model go along into files of PyTorch alone: " + named(plain);
      remark = Optional.of(remark.map(before -> before + "; " + note).orElse(note));
    }
  }

  private static String named(List<String> all) {
    List<String> names = all.stream().distinct().toList();
    return names.stream().limit(MOST_NAMED).map(Shown::of).collect(Collectors.joining(", "))
        + (names.size() > MOST_NAMED ? ", …" : "");
  }

  /// What holds tensors, or numpy's arrays, beside the tensors of the dictionary that a key leads
  /// to, by their keys.
  private static List<String> within(Value model, String key) {
    Set<Value> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    return isModule(model)
        ? List.of()
        : entries(model).map(Dict::entries).orElse(List.of()).stream()
            .filter(entry -> !TensorRebuilder.isTensor(entry.value()))
            .filter(entry -> holdsTensors(entry.value(), DEEPEST, seen))
            .map(entry -> entry.key() instanceof Text(String name) ? key + "/" + name : key)
            .distinct()
            .toList();
  }

  /// @param seen what was looked at already: a pickle may hold a value as often as it likes
  private static boolean holdsTensors(Value value, int depth, Set<Value> seen) {
    if (TensorRebuilder.isTensor(value) || isOfNumpy(value)) {
      return true;
    }
    if (depth == 0 || !seen.add(value)) {
      return false;
    }
    List<Value> parts =
        switch (value) {
          case Value.Items items -> items.items();
          case Value.Tuple tuple -> tuple.items();
          default ->
              entries(value).map(Dict::entries).orElse(List.of()).stream()
                  .map(Entry::value)
                  .toList();
        };
    return parts.stream().anyMatch(part -> holdsTensors(part, depth - 1, seen));
  }

  /// Whether a value is an array or a number of numpy's.
  private static boolean isOfNumpy(Value value) {
    return value instanceof Call call
        && call.name().filter(name -> OF_NUMPY.matcher(name).matches()).isPresent();
  }

  private static String shown(String key) {
    return key.isEmpty() ? TOP : Shown.of(key);
  }

  private static String instead(Value content) {
    if (TensorRebuilder.isTensor(content)) {
      return "it is a single tensor, which has no name";
    }
    return switch (content) {
      case Dict dict when dict.find("param_groups").isPresent() ->
          "it is the state of an optimiser, which says how training goes on";
      case Dict _ -> "its dictionary has no tensors by name";
      case Value.Items _, Value.Tuple _ -> "it is a list, whose tensors have no names";
      default -> "expected a dictionary of tensors by name, or a module";
    };
  }

  private static boolean isUnnamed(Value content) {
    return TensorRebuilder.isTensor(content)
        || content instanceof Value.Items
        || content instanceof Value.Tuple;
  }

  /// The value under keys within each other.
  private Value at(Value content, String key) {
    Value value = content;
    for (String part : key.split("/", -1)) {
      value =
          entries(value)
              .flatMap(dict -> dict.find(part))
              .orElseThrow(
                  () ->
                      new InputException(
                          file,
                          "no model under the key %s; there are %s"
                              .formatted(
                                  Shown.of(key),
                                  models(content).keySet().stream()
                                      .map(StateDicts::shown)
                                      .collect(Collectors.joining(", ")))));
    }
    if (!isModule(value) && !isStateDict(value)) {
      throw new InputException(file, "what lies under the key %s is no model".formatted(key));
    }
    return value;
  }

  private record Place(String key, Value value, int depth) {}

  /// All models by their keys; the empty one for the content itself.
  private static Map<String, Value> models(Value content) {
    SequencedMap<String, Value> found = new LinkedHashMap<>();
    if (isModule(content)) {
      found.put("", content);
      return found;
    }
    Set<Value> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Place> places = new ArrayDeque<>(List.of(new Place("", content, 0)));
    int visited = 0;
    while (!places.isEmpty() && visited < MOST) {
      Place place = places.remove();
      Optional<Dict> dict = entries(place.value());
      if (dict.isEmpty() || !seen.add(place.value())) {
        continue;
      }
      for (Entry entry : dict.get().entries()) {
        visited++;
        if (!(entry.key() instanceof Text(String name)) || BESIDE.matcher(name).matches()) {
          continue;
        }
        String key = place.key().isEmpty() ? name : place.key() + "/" + name;
        if (isModule(entry.value()) || isStateDict(entry.value())) {
          found.put(key, entry.value());
        } else if (place.depth() < DEEPEST) {
          places.add(new Place(key, entry.value(), place.depth() + 1));
        }
      }
    }
    boolean alone = found.isEmpty() || hasMatrix(content);
    if (alone && isStateDict(content)) {
      found.putFirst("", content);
    }
    return found;
  }

  /// A loss, a step, the state of random numbers or weights of classes that lie beside a model are
  /// no model.
  private static boolean hasMatrix(Value content) {
    return entries(content).stream()
        .flatMap(dict -> dict.entries().stream())
        .map(Entry::value)
        .anyMatch(
            value ->
                TensorRebuilder.isTensor(value)
                    && !(value instanceof Call call
                        && call.arguments().size() > 2
                        && call.arguments().get(2) instanceof Value.Tuple shape
                        && shape.items().size() < 2));
  }

  /// The entries of a dictionary, or of an object that is used as one.
  static Optional<Dict> entries(Value value) {
    return switch (value) {
      case Dict dict -> Optional.of(dict);
      case Call call when !TensorRebuilder.isTensor(call) -> Optional.of(call.dict());
      default -> Optional.empty();
    };
  }

  private static boolean isStateDict(Value value) {
    return entries(value).stream()
        .flatMap(dict -> dict.entries().stream())
        .anyMatch(entry -> entry.key() instanceof Text && TensorRebuilder.isTensor(entry.value()));
  }

  private static boolean isModule(Value value) {
    return ModuleTree.attributes(value).isPresent();
  }

  /// Quantised layers keep weights and biases as one object.
  private void checkNotPacked(Entry entry) {
    if (entry.key() instanceof Text(String name) && name.endsWith(PACKED)) {
      throw new InputException(
              file,
              "%s: quantised by PyTorch, its weight and bias are packed in one object"
                  .formatted(Shown.of(name)))
          .withRemedy("use the model that it was quantised from");
    }
  }

  private Map<String, Value> tensors(Value model) {
    if (isModule(model)) {
      String whole = "a whole pickled module, of which the state dict is taken";
      remark = Optional.of(remark.map(beside -> whole + "; " + beside).orElse(whole));
      return new ModuleTree(file).tensors(model);
    }
    Map<String, Value> tensors = new LinkedHashMap<>();
    int without = 0;
    for (Entry entry : entries(model).orElseThrow().entries()) {
      if (!TensorRebuilder.isTensor(entry.value())) {
        checkNotPacked(entry);
        continue; // plain values may stand beside tensors
      }
      if (!(entry.key() instanceof Text(String name))) {
        without++;
      } else if (tensors.put(name, entry.value()) != null) {
        throw new InputException(file, "tensor " + Shown.of(name) + " is in it twice");
      }
    }
    if (without > 0) {
      throw new InputException(file, without + " tensors have keys that are no names");
    }
    return tensors;
  }
}
