package org.lines4j.hub.cache;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.Shown;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Listings of files as JSON: the Hub's, and the cache's.
public final class TreeJson {
  private static final JsonFactory JSON = new JsonFactory();
  private static final long FORMAT = 1;

  private TreeJson() {}

  /// Reads a page of the Hub's listing: `[{"type": "file", "path": …, "size": …, "oid": …, "lfs":
  /// {"oid": …}}, …]`.
  ///
  /// @param into takes its files
  /// @throws IllegalArgumentException with the reason, if it is malformed
  public static void readPage(byte[] page, Map<String, Tree.Entry> into) {
    read(
        page,
        parser -> {
          expect(parser.currentToken(), JsonToken.START_ARRAY, "a listing");
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(parser.currentToken(), JsonToken.START_OBJECT, "each of its entries");
            Fields fields = Fields.of(parser);
            if ("file".equals(fields.text.get("type"))) {
              put(into, fields.text.getOrDefault("path", ""), fields.hubEntry());
            }
          }
        });
  }

  /// Reads the cache's file of a commit.
  ///
  /// @throws IllegalArgumentException with the reason, if it is malformed or of another format
  public static Tree read(byte[] file) {
    Map<String, Tree.Entry> files = new LinkedHashMap<>();
    read(
        file,
        parser -> {
          expect(parser.currentToken(), JsonToken.START_OBJECT, "a listing");
          boolean known = false;
          while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            if (name.equals("format_version")) {
              known =
                  parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                      && parser.getLongValue() == FORMAT;
            } else if (name.equals("files")) {
              readFiles(parser, files);
            } else {
              parser.skipChildren();
            }
          }
          if (!known) {
            throw new IllegalArgumentException("another format of listings");
          }
        });
    return new Tree(files);
  }

  private static void readFiles(JsonParser parser, Map<String, Tree.Entry> files) {
    expect(parser.currentToken(), JsonToken.START_OBJECT, "its files");
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      expect(parser.nextToken(), JsonToken.START_OBJECT, "each of its files");
      put(files, name, Fields.of(parser).cacheEntry());
    }
  }

  private static void put(Map<String, Tree.Entry> files, String name, Tree.Entry entry) {
    if (!Tree.isName(name)) {
      throw new IllegalArgumentException("'%s' is no file's name".formatted(Shown.of(name)));
    }
    if (files.size() >= Tree.MOST) {
      throw new IllegalArgumentException("more than " + Tree.MOST + " files");
    }
    files.put(name, entry);
  }

  @FunctionalInterface
  private interface Reading {
    void from(JsonParser parser);
  }

  private static void read(byte[] bytes, Reading reading) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      parser.nextToken();
      reading.from(parser);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static void expect(@Nullable JsonToken found, JsonToken wanted, String what) {
    if (found != wanted) {
      throw new IllegalArgumentException(
          "%s should be %s"
              .formatted(what, wanted == JsonToken.START_ARRAY ? "a list" : "an object"));
    }
  }

  /// Texts and numbers of an object, those of objects in it as `NAME.FIELD`.
  private static final class Fields {
    final Map<String, String> text = new LinkedHashMap<>();
    final Map<String, Long> numbers = new LinkedHashMap<>();

    static Fields of(JsonParser parser) {
      Fields fields = new Fields();
      fields.read(parser, "");
      return fields;
    }

    private void read(JsonParser parser, String before) {
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = before + parser.currentName();
        JsonToken value = parser.nextToken();
        if (value == JsonToken.VALUE_STRING) {
          text.put(name, parser.getString());
        } else if (value == JsonToken.VALUE_NUMBER_INT) {
          numbers.put(name, parser.getLongValue());
        } else if (value == JsonToken.START_OBJECT && before.isEmpty()) {
          read(parser, name + ".");
        } else {
          parser.skipChildren();
        }
      }
    }

    Tree.Entry hubEntry() {
      return new Tree.Entry(
          numbers.getOrDefault("lfs.size", numbers.getOrDefault("size", -1L)),
          text.getOrDefault("oid", ""),
          Optional.ofNullable(text.get("lfs.oid"))
              .or(() -> Optional.ofNullable(text.get("lfs.sha256"))),
          xetHash("xetHash"));
    }

    Tree.Entry cacheEntry() {
      return new Tree.Entry(
          numbers.getOrDefault("lfs_size", numbers.getOrDefault("size", -1L)),
          text.getOrDefault("blob_id", ""),
          Optional.ofNullable(text.get("lfs_sha256")),
          xetHash("xet_hash"));
    }

    private Optional<String> xetHash(String field) {
      return Optional.ofNullable(text.get(field)).filter(hash -> hash.matches("[0-9a-f]{64}"));
    }
  }

  /// Writes the cache's file of a commit, as `huggingface_hub` does.
  static byte[] write(Tree tree) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      json.writeNumberProperty("format_version", FORMAT);
      json.writeObjectPropertyStart("files");
      tree.files()
          .forEach(
              (name, entry) -> {
                json.writeObjectPropertyStart(name);
                json.writeNumberProperty("size", entry.size());
                json.writeStringProperty("blob_id", entry.blobId());
                entry
                    .sha256()
                    .ifPresent(
                        hash -> {
                          json.writeStringProperty("lfs_sha256", hash);
                          json.writeNumberProperty("lfs_size", entry.size());
                        });
                entry.xetHash().ifPresent(hash -> json.writeStringProperty("xet_hash", hash));
                json.writeEndObject();
              });
      json.writeEndObject();
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  /// A text property of a JSON object; empty if it has none.
  ///
  /// @throws IllegalArgumentException if it is no object
  public static Optional<String> text(byte[] document, String property) {
    Fields[] fields = new Fields[1];
    read(
        document,
        parser -> {
          expect(parser.currentToken(), JsonToken.START_OBJECT, "the answer");
          fields[0] = Fields.of(parser);
        });
    return Optional.ofNullable(fields[0].text.get(property));
  }
}
