package org.lines4j.recipe;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lines4j.error.NearestName;
import org.lines4j.error.RequestException;
import org.lines4j.recipe.YamlNode.Mapping;
import org.lines4j.recipe.YamlNode.Pair;
import org.lines4j.recipe.YamlNode.Scalar;
import org.lines4j.recipe.YamlNode.Sequence;
import org.snakeyaml.engine.v2.nodes.Tag;

/// A value in a recipe, with its place for messages.
///
/// @param what it is called in messages, such as `models`
record Entry(Path file, String what, YamlNode node, YamlDocument.Budget budget) {
  private static final String MERGE = "<<";

  /// This entry, to be read again from the start.
  Entry again() {
    return new Entry(file, what, node, budget.full());
  }

  /// The line, from 1; 0 if unknown.
  int line() {
    return node.line();
  }

  /// An error at this place.
  RequestException error(String message) {
    return new RequestException(place(), message);
  }

  private String place() {
    return file + (line() == 0 ? "" : ":" + line());
  }

  /// An error at this place: it holds something else than `wanted`.
  RequestException wrongKind(String wanted) {
    return RequestException.expected(place(), what, wanted, describe());
  }

  private String describe() {
    return switch (node) {
      case Mapping _ -> "a mapping";
      case Sequence _ -> "a list";
      case Scalar scalar when scalar.tag().equals(Tag.NULL) -> "nothing";
      case Scalar scalar -> "'" + shortened(scalar.text()) + "'";
    };
  }

  /// A text that is not too long for a message.
  static String shortened(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  boolean isMapping() {
    return node instanceof Mapping;
  }

  boolean isList() {
    return node instanceof Sequence;
  }

  boolean isNull() {
    return node instanceof Scalar scalar && scalar.tag().equals(Tag.NULL);
  }

  boolean isScalar(String text) {
    return node instanceof Scalar scalar && scalar.text().equals(text);
  }

  /// The items of a list.
  List<Entry> items() {
    if (!(node instanceof Sequence list)) {
      throw wrongKind("a list");
    }
    List<Entry> items = new ArrayList<>();
    for (YamlNode item : list.items()) {
      items.add(child("an item of " + what, item));
    }
    return items;
  }

  /// The values of a mapping by key, without those that say nothing (`key:` or `null`), each key
  /// one of `known`.
  Map<String, Entry> fields(Set<String> known) {
    return checked(known, fields());
  }

  /// The same, but for keys that begin with `ignored`, which are left out.
  Map<String, Entry> fields(Set<String> known, String ignored) {
    Map<String, Entry> fields = fields();
    fields.keySet().removeIf(key -> key.startsWith(ignored));
    return checked(known, fields);
  }

  private Map<String, Entry> checked(Set<String> known, Map<String, Entry> fields) {
    fields.forEach(
        (key, value) -> {
          if (!known.contains(key)) {
            throw value
                .error("unknown key '%s' in %s".formatted(key, what))
                .withRemedy(NearestName.advice(key, known));
          }
        });
    return fields;
  }

  /// The values of a mapping by key, whatever the keys, without those that say nothing.
  Map<String, Entry> fields() {
    Map<String, Entry> fields = saidFields();
    fields.values().removeIf(Entry::isNull);
    return fields;
  }

  /// The values of a mapping by key, whatever the keys, also where there is nothing behind a key;
  /// YAML's `<<` is followed.
  Map<String, Entry> saidFields() {
    Map<String, Entry> fields = new LinkedHashMap<>();
    addFields(fields, 0);
    return fields;
  }

  private void addFields(Map<String, Entry> fields, int merges) {
    if (!(node instanceof Mapping mapping)) {
      throw wrongKind("a mapping");
    }
    if (merges > 8) {
      throw error("'<<' leads from one mapping to the next more than 8 times");
    }
    List<Entry> merged = new ArrayList<>();
    Set<String> own = new HashSet<>();
    for (Pair pair : mapping.pairs()) {
      if (!(pair.key() instanceof Scalar key)) {
        throw child("a key of " + what, pair.key()).wrongKind("a word");
      }
      Entry value = child(key.text(), pair.value());
      if (key.text().equals(MERGE)) {
        merged.addAll(value.isList() ? value.items() : List.of(value));
      } else if (own.add(key.text())) {
        fields.putIfAbsent(key.text(), value);
      } else {
        throw value.error("'%s' stands twice in %s".formatted(key.text(), what));
      }
    }
    for (Entry other : merged) {
      other.addFields(fields, merges + 1);
    }
  }

  private Entry child(String name, YamlNode child) {
    Entry entry = new Entry(file, name, child, budget);
    budget.spend(entry);
    return entry;
  }

  /// The field `key`, which must be there.
  static Entry required(Map<String, Entry> fields, String key, Entry owner) {
    Entry entry = fields.get(key);
    if (entry == null) {
      throw owner.error("%s needs '%s'".formatted(owner.what(), key));
    }
    return entry;
  }

  /// A scalar's text, whatever YAML takes it for.
  String text() {
    if (!(node instanceof Scalar scalar) || isNull()) {
      throw wrongKind("a text");
    }
    return scalar.text();
  }

  /// Whether the text names something that exists, relative to the recipe.
  boolean namesFile() {
    try {
      return Files.exists(file.resolveSibling(text()));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /// One of some words.
  String word(Collection<String> words) {
    String text = text();
    if (!words.contains(text)) {
      throw error(
          "%s should be one of %s, found '%s'"
              .formatted(what, String.join(", ", words), shortened(text)));
    }
    return text;
  }

  /// `true` or `false`.
  boolean flag() {
    if (scalar() instanceof Boolean flag) {
      return flag;
    }
    throw wrongKind("true or false");
  }

  /// A whole number ≥ 0.
  int count() {
    if (scalar() instanceof Double number
        && number >= 0
        && number == Math.rint(number)
        && number <= Integer.MAX_VALUE) {
      return number.intValue();
    }
    throw wrongKind("a whole number ≥ 0");
  }

  /// A `Double`, `Boolean` or `String`, as YAML's core schema has it.
  Object scalar() {
    if (!(node instanceof Scalar scalar) || isNull()) {
      throw wrongKind("a number, a word, or true or false");
    }
    Tag tag = scalar.tag();
    String text = scalar.text();
    if (tag.equals(Tag.BOOL)) {
      return Boolean.parseBoolean(text);
    }
    return tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) ? (Object) parsed(text) : text;
  }

  private Double parsed(String text) {
    try {
      return text.startsWith("0x") || text.startsWith("0o")
          ? (double) Long.parseLong(text.substring(2), text.charAt(1) == 'x' ? 16 : 8)
          : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw wrongKind("a finite number"); // .inf, .nan
    }
  }
}
