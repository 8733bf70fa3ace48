package org.lines4j.internal.lora;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage.Entry;

/// What lies beside a base, but the tokenizer and chat template that an adapter was trained with,
/// where it has them: all of the tokenizer's files are the adapter's then.
///
/// @param base the base's
/// @param adapter what lies beside the adapter's weights
record AdaptedCompanions(Companions base, Companions adapter) implements Companions {
  private static final String SETTINGS = "tokenizer_config.json";

  private static final Set<String> VOCABULARIES =
      Set.of("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model");

  private static final Set<String> OTHERS =
      Set.of(
          SETTINGS,
          "special_tokens_map.json",
          "added_tokens.json",
          "merges.txt",
          "chat_template.jinja",
          "chat_template.json");

  /// The base's where the adapter has no tokenizer of its own.
  static Companions of(Companions base, Companions adapter) throws IOException {
    if (adapter.own(SETTINGS).isEmpty()) {
      return base;
    }
    for (String vocabulary : VOCABULARIES) {
      if (adapter.own(vocabulary).isPresent()) {
        return new AdaptedCompanions(base, adapter);
      }
    }
    return base;
  }

  private static boolean isTokenizers(String name) {
    return VOCABULARIES.contains(name) || OTHERS.contains(name);
  }

  private Companions holder(String name) {
    return isTokenizers(name) ? adapter : base;
  }

  @Override
  public Location location() {
    return base.location();
  }

  @Override
  public Optional<Companion> own(String name) throws IOException {
    return holder(name).own(name);
  }

  @Override
  public Optional<Companion> find(String name) throws IOException {
    return holder(name).find(name);
  }

  @Override
  public List<Entry> list(String folder) throws IOException {
    if (!folder.isEmpty()) {
      return base.list(folder);
    }
    List<Entry> entries = new ArrayList<>();
    base.list("").stream().filter(entry -> !isTokenizers(entry.name())).forEach(entries::add);
    adapter.list("").stream().filter(entry -> isTokenizers(entry.name())).forEach(entries::add);
    entries.sort(Comparator.comparing(Entry::name));
    return entries;
  }
}
