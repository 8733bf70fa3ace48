package org.lines4j.internal.output;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lines4j.InputException;
import org.lines4j.tensor.DType;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;

/// `config.json`, of which only the weights' type is ever changed.
final class ModelConfig {
  private static final long LONGEST = 10_000_000;

  /// Python writes NaN and Infinity, and some configurations have them.
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  /// How JSON files of an output are written.
  static final ObjectWriteContext INDENTED = new Indented();

  private ModelConfig() {}

  /// The content of `file`, where every `dtype` (and `torch_dtype`, its older name) that names a
  /// floating type names `dtype`.
  ///
  /// @throws InputException if it is not JSON
  static byte[] withDtype(Path file, DType dtype) throws IOException {
    if (Files.size(file) > LONGEST) {
      throw new InputException(file, "longer than " + LONGEST + " bytes");
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), Files.readAllBytes(file));
        JsonGenerator out = JSON.createGenerator(INDENTED, bytes)) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        if (namesDtype(in, token)) {
          out.writeString(dtype.torchName());
        } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
          out.writeNumber(in.getString()); // as it is written there, NaN too
        } else {
          out.copyCurrentEventExact(in);
        }
      }
    } catch (JacksonException e) {
      throw new InputException(file, "malformed JSON: " + e.getOriginalMessage());
    }
    bytes.write('\n');
    return bytes.toByteArray();
  }

  private static boolean namesDtype(JsonParser in, JsonToken token) {
    String name = in.currentName();
    return token == JsonToken.VALUE_STRING
        && ("dtype".equals(name) || "torch_dtype".equals(name))
        && DType.ofTorchName(in.getString()).isPresent();
  }

  /// Two blanks a level, as `transformers` writes it.
  private static final class Indented extends ObjectWriteContext.Base {
    @Override
    public PrettyPrinter getPrettyPrinter() {
      DefaultIndenter lines = new DefaultIndenter("  ", "\n");
      return new DefaultPrettyPrinter().withObjectIndenter(lines).withArrayIndenter(lines);
    }

    @Override
    public boolean hasPrettyPrinter() {
      return true;
    }
  }
}
