package org.lines4j.internal.gguf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The golden files, and what gguf-py says of them.
final class GgufCases {
  static final Path FOLDER = Path.of("src/test/resources/gguf");

  private GgufCases() {}

  /// One line of `cases.tsv`.
  record Case(String id, String verdict, Path input, Optional<Path> expected) {
    boolean mayBeRead() {
      return verdict.startsWith("accept");
    }

    boolean mayBeRefused() {
      return verdict.endsWith("refuse");
    }

    @Override
    public String toString() {
      return id;
    }
  }

  static Stream<Case> all() {
    try {
      List<String> lines = Files.readAllLines(FOLDER.resolve("cases.tsv"));
      return lines.stream().skip(1).map(line -> of(line.split("\t", -1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Case of(String[] fields) {
    Optional<Path> expected =
        fields[3].equals("-") ? Optional.empty() : Optional.of(FOLDER.resolve(fields[3]));
    return new Case(fields[0], fields[1], FOLDER.resolve(fields[2]), expected);
  }
}
