package org.lines4j.lab.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// WordNet 3.1 (Princeton University): sets of synonyms, what each means, and how they belong
/// together.
final class WordNet {
  private static final String HOME = "/net/sf/extjwnl/data/wordnet/wn31/data.";
  private static final Map<String, String> FILES =
      Map.of(
          "noun", "2cad22fe43461ee7ae61a564ae6a518c57445c8597e53542caddb5c26a6a5d94",
          "verb", "eb1cf196dab6e1b815a1c86fa20c909fb7413b2f34250d7fe60a0fb35ef59e03",
          "adj", "ca1033bf627eb95f6cbb2864f8990be8e6a01a3c182e7d7c7094ccf8ead242cc");

  private static final int FIELDS_OF_WORD = 2;
  private static final int FIELDS_OF_POINTER = 4;

  /// One meaning.
  ///
  /// @param id unique within all parts of speech
  /// @param file the number of the lexicographers' file, which is a broad class
  /// @param words with `_` for spaces
  /// @param kinds what it is a kind or an instance of, by id
  /// @param topics the fields that it belongs to, by id
  /// @param gloss its definition, without examples
  record Synset(
      String id,
      int file,
      List<String> words,
      List<String> kinds,
      List<String> topics,
      String gloss) {}

  private final Map<String, Synset> synsets = new LinkedHashMap<>();

  private WordNet() {}

  static WordNet read() throws IOException {
    WordNet net = new WordNet();
    for (String part : List.of("noun", "verb", "adj")) {
      byte[] bytes = new PinnedResource(HOME + part, FILES.getOrDefault(part, "")).read();
      new String(bytes, StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith(" "))
          .map(line -> synset(part.charAt(0), line))
          .forEach(synset -> net.synsets.put(synset.id(), synset));
    }
    return net;
  }

  /// `offset file type count (word id)… count (symbol offset part where)… | gloss`.
  private static Synset synset(char part, String line) {
    int bar = line.indexOf('|');
    String[] fields = line.substring(0, bar).split(" ", -1);
    int words = Integer.parseInt(fields[3], 16);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < words; i++) {
      names.add(fields[4 + FIELDS_OF_WORD * i]);
    }
    int at = 4 + FIELDS_OF_WORD * words;
    int pointers = Integer.parseInt(fields[at++]);
    List<String> kinds = new ArrayList<>();
    List<String> topics = new ArrayList<>();
    for (int i = 0; i < pointers; i++, at += FIELDS_OF_POINTER) {
      String target = fields[at + 2] + fields[at + 1];
      switch (fields[at]) {
        case "@", "@i" -> kinds.add(target);
        case ";c" -> topics.add(target);
        default -> {}
      }
    }
    return new Synset(
        part + fields[0],
        Integer.parseInt(fields[1]),
        names,
        kinds,
        topics,
        definition(line.substring(bar + 1).strip()));
  }

  /// Without the examples behind it, which would give the word away.
  private static String definition(String gloss) {
    int example = gloss.indexOf("; \"");
    return example < 0 ? gloss : gloss.substring(0, example);
  }

  List<Synset> all() {
    return List.copyOf(synsets.values());
  }

  /// All that it is a kind of, itself first, nearer ones before farther ones.
  List<String> kindsOf(Synset synset) {
    List<String> found = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    Deque<String> waiting = new ArrayDeque<>(List.of(synset.id()));
    while (!waiting.isEmpty()) {
      String id = waiting.removeFirst();
      if (seen.add(id)) {
        found.add(id);
        Synset own = synsets.get(id);
        if (own != null) {
          waiting.addAll(own.kinds());
        }
      }
    }
    return found;
  }
}
