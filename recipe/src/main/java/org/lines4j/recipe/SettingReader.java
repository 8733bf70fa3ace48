package org.lines4j.recipe;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.merge.Setting;
import org.lines4j.merge.Setting.Case;
import org.lines4j.recipe.PathVariable.Binding;

/// Parameters: a value, a list of values over depth, or a list of `filter` and `value`.
final class SettingReader {
  private final Binding binding;

  SettingReader(Binding binding) {
    this.binding = binding;
  }

  Setting read(Entry entry) {
    if (entry.isNull()) {
      throw entry.wrongKind("a number or a word");
    }
    if (entry.isMapping()) {
      return new Setting(List.of(filtered(entry)), entry.line());
    }
    if (entry.isList() && entry.items().stream().anyMatch(Entry::isMapping)) {
      List<Case> cases = entry.items().stream().map(this::filtered).toList();
      return new Setting(cases, entry.line());
    }
    return new Setting(
        List.of(new Case(Optional.empty(), values(entry), entry.line())), entry.line());
  }

  private Case filtered(Entry entry) {
    Map<String, Entry> fields = entry.fields(RecipePart.CASE.names());
    Optional<String> filter = Optional.ofNullable(fields.get("filter")).map(Entry::text);
    return new Case(filter, values(Entry.required(fields, "value", entry)), entry.line());
  }

  private List<Object> values(Entry entry) {
    if (!entry.isList()) {
      return List.of(value(entry));
    }
    List<Entry> items = entry.items();
    if (items.isEmpty()) {
      throw entry.error(entry.what() + " is a gradient without values");
    }
    return items.stream().map(this::value).toList();
  }

  private Object value(Entry entry) {
    Object value = entry.scalar();
    if (binding.isPartOf(value)) {
      throw entry.wrongKind(binding.numberOr());
    }
    return binding.valueOf(value).map(Object.class::cast).orElse(value);
  }
}
