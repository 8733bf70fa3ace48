package org.lines4j.internal.lora;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage.Entry;

/// What lies beside a base, but the tokenizer and chat template that an adapter was trained with,
/// where it has them: all of the tokenizer's files are the adapter's then. So are the modules that
/// sentence-transformers puts behind the model, where the base has none.
///
/// @param base the base's
/// @param adapter what lies beside the adapter's weights
/// @param hasTokenizer whether the adapter's folder has one
/// @param hasModules whether it alone has those
record AdaptedCompanions(
    Companions base, Companions adapter, boolean hasTokenizer, boolean hasModules)
    implements Companions {
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

  private static final String MODULES = "modules.json";

  /// What says how sentence-transformers goes on behind a model, and the folders of its modules.
  private static final Pattern OF_MODULES =
      Pattern.compile(
          "modules\\.json|config_sentence_transformers\\.json|sentence_bert_config\\.json|\\d+_\\w+");

  /// The base's where the adapter has nothing of its own.
  static Companions of(Companions base, Companions adapter) throws IOException {
    boolean hasTokenizer = hasTokenizer(adapter);
    boolean hasModules = adapter.own(MODULES).isPresent() && base.own(MODULES).isEmpty();
    return hasTokenizer || hasModules
        ? new AdaptedCompanions(base, adapter, hasTokenizer, hasModules)
        : base;
  }

  private static boolean hasTokenizer(Companions adapter) throws IOException {
    if (adapter.own(SETTINGS).isEmpty()) {
      return false;
    }
    for (String vocabulary : VOCABULARIES) {
      if (adapter.own(vocabulary).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private static boolean isTokenizers(String name) {
    return VOCABULARIES.contains(name) || OTHERS.contains(name);
  }

  /// Of a file or a folder, perhaps with the folders that it lies in.
  private boolean isAdapters(String name) {
    int slash = name.indexOf('/');
    String first = slash < 0 ? name : name.substring(0, slash);
    return (hasTokenizer && isTokenizers(name))
        || (hasModules && OF_MODULES.matcher(first).matches());
  }

  private Companions holder(String name) {
    return isAdapters(name) ? adapter : base;
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
      return holder(folder).list(folder);
    }
    List<Entry> entries = new ArrayList<>();
    base.list("").stream().filter(entry -> !isAdapters(entry.name())).forEach(entries::add);
    adapter.list("").stream().filter(entry -> isAdapters(entry.name())).forEach(entries::add);
    entries.sort(Comparator.comparing(Entry::name));
    return entries;
  }
}
