package org.lines4j.format;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.tensor.TensorInfo;

/// A way in which weights are written. Found by `ServiceLoader`, so a jar of your own can add one.
public interface OutputFormat {
  /// What messages call it, such as `safetensors`.
  String name();

  /// Whether an output that is to be called `name` is one file of this format, by its ending. Any
  /// other name is a folder's, whose files are safetensors.
  boolean isFile(String name);

  /// Where everything lies in a file of these tensors. The format chooses their order; what it
  /// leaves free is zero.
  ///
  /// @param metadata free text, such as `format=pt`; a format that has no place for it drops it
  /// @throws org.lines4j.error.RequestException if it cannot hold them; the message says which
  FileLayout layout(Map<String, String> metadata, List<EncodedTensor> tensors);

  /// What a tensor of an output would be stored as, if the format can.
  ///
  /// @param values its name, its shape, and the element type that was asked for or, where none was,
  ///   that of the model that the output is like
  /// @param like how that model stores it
  /// @param copied how that is stored which is copied; empty where something is computed
  /// @param isAsked whether an element type was asked for
  record Wanted(TensorInfo values, Encoding like, Optional<Encoding> copied, boolean isAsked) {}

  /// How a tensor is stored: its elements one by one, unless the format says otherwise.
  default Encoding encoding(Wanted wanted) {
    return Encoding.of(wanted.values().dtype());
  }

  /// This format for an output that goes with a model: one that has a place in its files for what
  /// that says beside its tensors keeps it there.
  ///
  /// @throws org.lines4j.error.RequestException if it cannot be written for that model
  default OutputFormat like(Checkpoint model) throws IOException {
    return this;
  }

  /// Whether its files have a place for metadata.
  default boolean hasMetadata() {
    return true;
  }

  /// This format for a file in which tensors have further names, as tied parameters do; empty where
  /// it has one name for each, so that they are written once for each name.
  ///
  /// @param names for some of the tensors that [#layout] then gets, what else they are called
  default Optional<OutputFormat> withFurtherNames(Map<String, List<String>> names) {
    return Optional.empty();
  }
}
