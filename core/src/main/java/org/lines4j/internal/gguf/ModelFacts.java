package org.lines4j.internal.gguf;

import java.io.IOException;
import java.util.OptionalLong;
import org.lines4j.format.Checkpoint;

/// What a GGUF model says of itself that the order of its rows follows from.
///
/// @param architecture such as `llama`; empty where it says none
/// @param heads of attention in each layer; empty where it says none, or a list of them
/// @param keyHeads of keys and values, the same
public record ModelFacts(String architecture, OptionalLong heads, OptionalLong keyHeads) {
  /// Reads them.
  ///
  /// @param model of this format
  public static ModelFacts of(Checkpoint model) throws IOException {
    GgufHeader header = HeaderReader.read(model.shards().getFirst().file());
    String architecture = header.text("general.architecture").orElse("");
    return new ModelFacts(
        architecture,
        header.number(architecture + ".attention.head_count"),
        header.number(architecture + ".attention.head_count_kv"));
  }
}
