package org.lines4j.internal.config;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.lines4j.error.InputException;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// What `config.json` says of the task that a model's head is for.
///
/// @param architecture transformers' name of its class, such as `LlamaForSequenceClassification`
/// @param labels how many it tells apart; empty for a task without any
public record TaskConfig(String architecture, Optional<Long> labels) {
  private static final String ARCHITECTURES = "architectures";
  private static final String LABELS = "id2label";

  /// What else says how many labels there are, or is of them.
  private static final Set<String> OF_LABELS = Set.of(LABELS, "label2id", "num_labels");

  /// What transformers takes where nothing is said.
  private static final long DEFAULT_LABELS = 2;

  /// The class of a model for another task: `LlamaForSequenceClassification` of `LlamaForCausalLM`
  /// and `ForSequenceClassification`. Of text models that are a part of others, such as Gemma 3, it
  /// says so: `Gemma3ForSequenceClassification` takes images.
  ///
  /// @param head what the name of the class ends in
  public static Optional<String> architecture(Companions model, String head) throws IOException {
    boolean isText = ModelType.of(model).stream().findFirst().orElse("").endsWith("_text");
    return ModelType.architectures(model).stream()
        .findFirst()
        .flatMap(
            own ->
                ModelClass.withHead(own, isText && !own.contains("Text") ? "Text" + head : head));
  }

  /// The content of a configuration that says this. The labels keep their names where there are as
  /// many as before.
  ///
  /// @throws InputException if it is not JSON
  public byte[] in(Companion file) throws IOException {
    boolean keepsLabels =
        labels.isEmpty() || labels.get() == labels(ConfigTree.read(file).objects());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonParser in = ModelConfig.parser(file);
        JsonGenerator out = ModelConfig.JSON.createGenerator(ModelConfig.INDENTED, bytes)) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        if (token == JsonToken.PROPERTY_NAME
            && in.streamReadContext().getParent().inRoot()
            && isReplaced(in.currentName(), keepsLabels)) {
          in.nextToken();
          in.skipChildren();
        } else {
          if (token == JsonToken.END_OBJECT && in.streamReadContext().inRoot()) {
            write(out, keepsLabels);
          }
          ModelConfig.copy(in, out);
        }
      }
    } catch (JacksonException e) {
      throw ModelConfig.malformed(file, e);
    }
    bytes.write('\n');
    return bytes.toByteArray();
  }

  private static boolean isReplaced(String field, boolean keepsLabels) {
    return field.equals(ARCHITECTURES) || (!keepsLabels && OF_LABELS.contains(field));
  }

  private static long labels(Map<String, Map<String, ConfigTree.Value>> objects) {
    Map<String, ConfigTree.Value> named = objects.get("/" + LABELS);
    return named == null ? DEFAULT_LABELS : named.size();
  }

  private void write(JsonGenerator out, boolean keepsLabels) {
    out.writeArrayPropertyStart(ARCHITECTURES);
    out.writeString(architecture);
    out.writeEndArray();
    if (keepsLabels) {
      return;
    }
    List<String> names =
        LongStream.range(0, labels.orElseThrow()).mapToObj(label -> "LABEL_" + label).toList();
    out.writeObjectPropertyStart(LABELS);
    for (int i = 0; i < names.size(); i++) {
      out.writeStringProperty(String.valueOf(i), names.get(i));
    }
    out.writeEndObject();
    out.writeObjectPropertyStart("label2id");
    for (int i = 0; i < names.size(); i++) {
      out.writeNumberProperty(names.get(i), i);
    }
    out.writeEndObject();
  }
}
