package org.lines4j.tune.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.files.Digests;

/// The scripts that a command names, by what they hold: a search is not continued with a script
/// that has been changed.
final class Scripts {
  private static final Pattern SCRIPT =
      Pattern.compile("[^\"';]+\\.(py|sh|bash|jl|js|ts|mjs|pl|r|R|rb|lua)");

  private static final Pattern SPACE = Pattern.compile("\\s+");
  private static final long LARGEST = 16L << 20;
  private static final int DIGITS = 12;

  private Scripts() {}

  /// Each script's name and the beginning of its SHA-256, in the order of the words; empty if none
  /// is there. Words of words are looked at, too: `sh -c 'python eval.py …'`.
  static String described(List<String> words) {
    return words.stream()
        .flatMap(word -> Stream.concat(Stream.of(word), SPACE.splitAsStream(word)))
        .distinct()
        .filter(word -> SCRIPT.matcher(word).matches())
        .flatMap(Scripts::described)
        .collect(Collectors.joining(", "));
  }

  private static Stream<String> described(String word) {
    try {
      Path file = Path.of(word);
      if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
        return Stream.empty();
      }
      String digest = Digests.sha256(Files.readAllBytes(file));
      return Stream.of("%s %s".formatted(file.getFileName(), digest.substring(0, DIGITS)));
    } catch (IOException | InvalidPathException _) {
      return Stream.empty(); // whoever runs it says what is wrong
    }
  }
}
