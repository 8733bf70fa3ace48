package org.lines4j.internal.companions;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.lines4j.internal.safetensors.ModelFolder;

/// Whether files hold weights or say where these are, in whatever format, by name: beside an
/// output, they would be those of a model that it is not.
final class AnyWeights {
  private static final Set<String> ENDINGS =
      Set.of(
          "safetensors",
          "bin",
          "pt",
          "pth",
          "ckpt",
          "h5",
          "keras",
          "pb",
          "msgpack",
          "gguf",
          "ggml",
          "llamafile",
          "onnx",
          "onnx_data",
          "npz",
          "ot",
          "tflite",
          "litertlm",
          "task",
          "pte",
          "mlmodel",
          "engine",
          "nemo",
          "distcp");

  /// Such as `model.ckpt.data-00000-of-00001` of TensorFlow.
  private static final Pattern OTHERS =
      Pattern.compile(
          ".+\\.(pth\\.tar|onnx\\.data|ckpt(-\\d+)?\\.(index|meta))"
              + "|.+\\.data-\\d+-of-\\d+"
              + "|.+\\.(bin|h5|msgpack)\\.index\\.(.+\\.)?json"
              + "|openvino_.+\\.xml");

  private AnyWeights() {}

  /// Whether a file does.
  ///
  /// @param file its name, perhaps with its folders
  static boolean hold(String file) {
    String name = file.substring(file.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    int dot = name.lastIndexOf('.');
    return (dot >= 0 && ENDINGS.contains(name.substring(dot + 1)))
        || OTHERS.matcher(name).matches()
        || ModelFolder.isIndex(name);
  }
}
