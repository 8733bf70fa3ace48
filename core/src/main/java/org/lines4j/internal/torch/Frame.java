package org.lines4j.internal.torch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.pickle.PickleWriter;
import org.lines4j.internal.pickle.Plain;
import org.lines4j.internal.pickle.Value;
import org.lines4j.internal.pickle.Value.Dict;
import org.lines4j.internal.pickle.Value.Entry;
import org.lines4j.internal.pickle.Value.Text;

/// What a file of PyTorch holds around its only model, so that loaders find that where they look:
/// dictionaries, with the plain values that lie beside it.
///
/// @param around each dictionary on the way to the model, outermost first
/// @param beside what lies beside its tensors
/// @param isAll whether it is all that the file holds besides the tensors
record Frame(List<Level> around, List<Entry> beside, boolean isAll) {
  /// A file that is a state dict.
  static final Frame NONE = new Frame(List.of(), List.of(), false);

  /// A dictionary.
  ///
  /// @param key under which it holds the next, or the model
  /// @param others what it holds besides
  record Level(String key, List<Entry> others) {}

  /// That of a model's file, which may lie in a folder; [#NONE] of models in several, and of files
  /// of other formats.
  static Frame of(Checkpoint model) throws IOException {
    return model.shards().size() == 1 && model.format().equals(TorchFormat.NAME)
        ? of(TorchFormat.content(model.shards().getFirst().file()).value())
        : NONE;
  }

  /// That of what a file holds; [#NONE] of a module, and where there are several models.
  static Frame of(Value content) {
    Optional<String> key = StateDicts.onlyKey(content);
    if (key.isEmpty()) {
      return NONE;
    }
    Plain plain = new Plain();
    List<Level> levels = new ArrayList<>();
    boolean isAll = true;
    Value at = content;
    for (String part : key.get().isEmpty() ? new String[0] : key.get().split("/", -1)) {
      Dict dict = StateDicts.entries(at).orElseThrow();
      levels.add(new Level(part, plain(plain, dict, part)));
      isAll &= levels.getLast().others().size() == dict.entries().size() - 1;
      at = dict.find(part).orElseThrow();
    }
    Dict model = StateDicts.entries(at).orElseThrow();
    List<Entry> beside = plain(plain, model, "");
    long tensors =
        model.entries().stream().filter(entry -> TensorRebuilder.isTensor(entry.value())).count();
    return new Frame(levels, beside, isAll && beside.size() + tensors == model.entries().size());
  }

  private static List<Entry> plain(Plain plain, Dict dict, String but) {
    return dict.entries().stream()
        .filter(entry -> entry.key() instanceof Text(String name) && !name.equals(but))
        .filter(entry -> plain.isOne(entry.value()))
        .toList();
  }

  /// Begins all dictionaries, and writes what the model lies under.
  void begin(PickleWriter out) {
    for (Level level : around) {
      out.emptyDictionary();
      out.mark();
      write(out, level.others());
      out.text(level.key());
    }
  }

  /// Ends the model's dictionary, and all around it.
  void end(PickleWriter out) {
    write(out, beside);
    out.put();
    around.forEach(_ -> out.put());
  }

  private static void write(PickleWriter out, List<Entry> entries) {
    for (Entry entry : entries) {
      out.value(entry.key());
      out.value(entry.value());
    }
  }
}
