package org.lines4j.format;

import java.util.List;
import java.util.Map;

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
}
