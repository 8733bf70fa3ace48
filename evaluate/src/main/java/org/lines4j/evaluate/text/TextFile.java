package org.lines4j.evaluate.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.error.Shown;
import org.lines4j.files.Digests;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A file of text in UTF-8.
///
/// @param digest of its bytes: what a search knows it by
public record TextFile(Path path, String text, String digest) {
  private static final long MOST_BYTES = 64L << 20;
  private static final int MOST_SHOWN = 8;
  private static final String JSON_LINES = ".jsonl";
  private static final JsonMapper JSON = JsonMapper.shared();

  /// Reads a file.
  ///
  /// @throws RequestException if there is none
  /// @throws InputException if it is empty, too long, or no text
  public static TextFile read(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new RequestException(
              path, Files.exists(path) ? "not a file to measure on" : "there is no such file")
          .withRemedy("name the file that models are measured on");
    }
    long size = Files.size(path);
    if (size > MOST_BYTES) {
      throw InputException.expected(path, "a text", "of " + MOST_BYTES + " bytes at most", size);
    }
    byte[] bytes = Files.readAllBytes(path);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.isBlank()) {
        throw new InputException(path, "there is no text in it");
      }
      return new TextFile(path, withoutMark(text), Digests.sha256(bytes));
    } catch (CharacterCodingException _) {
      throw new InputException(path, "not text in UTF-8");
    }
  }

  private static String withoutMark(String text) {
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /// The file's name without its ending.
  public String name() {
    String name = String.valueOf(path.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  /// Its documents: of a `.jsonl` file the `text` of each line, else all of it.
  ///
  /// @throws InputException if a line is something else
  public List<String> documents() {
    if (!path.toString().toLowerCase(Locale.ROOT).endsWith(JSON_LINES)) {
      return List.of(text);
    }
    List<String> documents = new ArrayList<>();
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      if (!line.isBlank()) {
        documents.add(document(line, number));
      }
    }
    return documents;
  }

  private String document(String line, int number) {
    try {
      JsonNode text = JSON.readTree(line).get("text");
      if (text != null && text.isString()) {
        return text.stringValue();
      }
    } catch (JacksonException _) {
      // said below
    }
    throw new InputException(path, "line %d is not an object with a text".formatted(number));
  }

  /// The rows of a table whose columns are separated by tabs.
  ///
  /// @param columns of its first line that are wanted, in this order
  /// @throws InputException if one is missing, or a row has more or fewer columns
  public List<List<String>> rows(String... columns) {
    String[] lines = text.split("\r?\n", -1);
    List<String> header = List.of(lines[0].split("\t", -1));
    List<Integer> places = new ArrayList<>();
    for (String column : columns) {
      int place = header.indexOf(column);
      if (place != header.lastIndexOf(column)) {
        throw new InputException(path, "the first line names two columns '%s'".formatted(column));
      }
      if (place < 0) {
        throw InputException.expected(
                path,
                "the first line",
                "names of columns, '" + column + "' among them",
                Shown.some(header, MOST_SHOWN))
            .withRemedy("separate columns by tabs: " + String.join(" TAB ", columns));
      }
      places.add(place);
    }
    List<List<String>> rows = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      if (lines[i].isBlank()) {
        continue;
      }
      List<String> cells = List.of(lines[i].split("\t", -1));
      if (cells.size() != header.size()) {
        throw InputException.expected(
            path, "line " + (i + 1), header.size() + " columns", cells.size());
      }
      rows.add(places.stream().map(cells::get).toList());
    }
    if (rows.isEmpty()) {
      throw new InputException(path, "there is no row behind the first line");
    }
    return rows;
  }
}
