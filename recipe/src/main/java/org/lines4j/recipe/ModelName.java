package org.lines4j.recipe;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What names a model: a text, or what mergekit makes of one when it writes a recipe itself, such
/// as `{model: {path: org/name, revision: main}, lora: null}`.
final class ModelName {
  private ModelName() {}

  /// The name as a text: `PATH`, `PATH@REVISION` or `PATH+LORA`.
  static String read(Entry entry) {
    if (!entry.isMapping()) {
      return entry.text();
    }
    if (!entry.fields().containsKey("model")) {
      return path(entry);
    }
    Map<String, Entry> fields =
        entry.fields(Set.of("model", "lora", "override_architecture", "override_tokenizer"));
    String name = read(Entry.required(fields, "model", entry));
    return Optional.ofNullable(fields.get("lora"))
        .map(lora -> name + "+" + read(lora))
        .orElse(name);
  }

  /// Whatever is on this machine has no revisions.
  private static String path(Entry entry) {
    Map<String, Entry> fields = entry.fields(Set.of("path", "revision"));
    Entry path = Entry.required(fields, "path", entry);
    Entry revision = fields.get("revision");
    return revision == null || path.namesFile() ? path.text() : path.text() + "@" + revision.text();
  }
}
