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
          "npz",
          "ot",
          "tflite",
          "litertlm",
          "task",
          "pte",
          "mlmodel",
          "engine",
          "nemo",
          "distcp",
          "pdparams");

  /// Such as `model.ckpt.data-00000-of-00001` of TensorFlow.
  private static final Pattern OTHERS =
      Pattern.compile(
          ".+\\.(pth\\.tar|onnx(\\.|_)data(_\\d+)?|ckpt(-\\d+)?\\.(index|meta))"
              + "|.+\\.data-\\d+-of-\\d+"
              + "|.+\\.(bin|h5|msgpack)\\.index\\.(.+\\.)?json"
              + "|openvino_.+\\.xml");

  /// What else names end in: copies that someone or a program kept, downloads that did not end.
  private static final Pattern KEPT =
      Pattern.compile(
          "(~|\\.(bak|backup|old|orig|tmp|gz|zst|xz|bz2|zip"
              + "|incomplete|part|partial|crdownload|aria2|download))$");

  private AnyWeights() {}

  /// Whether a file does.
  ///
  /// @param file its name, perhaps with its folders
  static boolean hold(String file) {
    String last = file.substring(file.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    String name = KEPT.matcher(last).replaceFirst("");
    int dot = name.lastIndexOf('.');
    return (dot >= 0 && ENDINGS.contains(name.substring(dot + 1)))
        || OTHERS.matcher(name).matches()
        || ModelFolder.isIndex(name);
  }
}
