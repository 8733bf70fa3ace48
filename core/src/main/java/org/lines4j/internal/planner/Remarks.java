package org.lines4j.internal.planner;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.OutputFormat;
import org.lines4j.internal.gguf.GgufFormat;
import org.lines4j.internal.lora.PeftFormat;
import org.lines4j.internal.onnx.OnnxFormat;
import org.lines4j.internal.output.Destination;

/// What the inputs' files hold besides their tensors, so that nobody looks for it in the output.
final class Remarks {
  private Remarks() {}

  /// A line for each remark, with the models that it is about.
  static List<String> of(Collection<Checkpoint> models) {
    Map<String, List<String>> named =
        models.stream()
            .filter(model -> model.remark().isPresent())
            .distinct()
            .collect(
                Collectors.groupingBy(
                    model -> model.remark().orElseThrow(),
                    LinkedHashMap::new,
                    Collectors.mapping(model -> model.location().toString(), Collectors.toList())));
    return named.entrySet().stream()
        .map(entry -> String.join(", ", entry.getValue()) + ": " + entry.getKey())
        .toList();
  }

  /// A line for each model whose files hold weights that are not read.
  static List<String> unread(Collection<Checkpoint> models) {
    return models.stream()
        .distinct()
        .flatMap(model -> model.unread().map(text -> model.location() + ": " + text).stream())
        .toList();
  }

  /// What [#of(Collection)] says of the models whose format is the output's, so that it might have
  /// what they have, unless it does; of the model that the output describes; and of adapters, which
  /// no output has.
  ///
  /// @param described whose names the output has
  /// @param format as it is written for that model
  static List<String> of(
      Collection<Checkpoint> models, Checkpoint described, Destination out, OutputFormat format) {
    boolean keepsNothing = format.equals(out.format());
    return of(
        models.stream()
            .filter(
                model ->
                    model.format().equals(PeftFormat.NAME)
                        || (keepsNothing && model.format().equals(format.name()))
                        || (keepsNothing && isGguf(described) && isGguf(model))
                        || (model.equals(described) && model.format().equals(OnnxFormat.NAME)))
            .toList());
  }

  /// Its files hold a tokenizer and settings, which other formats do not.
  private static boolean isGguf(Checkpoint model) {
    return model.format().equals(GgufFormat.NAME);
  }
}
