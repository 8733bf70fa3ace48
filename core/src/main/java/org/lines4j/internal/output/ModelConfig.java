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
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;

/// `config.json`, of which only the weights' type is ever changed.
final class ModelConfig {
  private static final JsonFactory JSON = new JsonFactory();

  /// How JSON files of an output are written.
  static final ObjectWriteContext INDENTED = new Indented();

  private ModelConfig() {}

  /// Rewrites every `dtype` (and `torch_dtype`, its older name) that names a floating type.
  static void setDtype(Path file, DType dtype) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), Files.readAllBytes(file));
        JsonGenerator out = JSON.createGenerator(INDENTED, bytes)) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        if (namesDtype(in, token)) {
          out.writeString(dtype.torchName());
        } else {
          out.copyCurrentEventExact(in);
        }
      }
    } catch (JacksonException e) {
      throw new InputException(file, "malformed JSON: " + e.getOriginalMessage());
    }
    bytes.write('\n');
    Files.write(file, bytes.toByteArray());
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
