package org.lines4j.internal.torch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.RequestException;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.FileLayout;
import org.lines4j.format.OutputFormat;

/// State dicts of PyTorch, as `torch.save` writes them since version 1.6: `torch.load` reads them
/// with `weights_only=True`. There is no place in them for metadata. One that goes with a model of
/// PyTorch has that where the model's file has it.
public final class TorchOutput implements OutputFormat {
  private static final List<String> ENDINGS = List.of(".pt", ".pth", ".bin", ".ckpt");

  private final Map<String, List<String>> furtherNames;
  private final Frame frame;

  /// The format, for `ServiceLoader`.
  public TorchOutput() {
    this(Map.of(), Frame.NONE);
  }

  private TorchOutput(Map<String, List<String>> furtherNames, Frame frame) {
    this.furtherNames = furtherNames;
    this.frame = frame;
  }

  @Override
  public OutputFormat like(Checkpoint model) throws IOException {
    return new TorchOutput(furtherNames, Frame.of(model));
  }

  /// Whether two keep as much: all that a model's file holds, or not.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TorchOutput output && output.frame.isAll() == frame.isAll();
  }

  @Override
  public int hashCode() {
    return Boolean.hashCode(frame.isAll());
  }

  @Override
  public String name() {
    return TorchFormat.NAME;
  }

  @Override
  public boolean isFile(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(lower::endsWith);
  }

  @Override
  public boolean hasMetadata() {
    return false;
  }

  @Override
  public Optional<OutputFormat> withFurtherNames(Map<String, List<String>> names) {
    return Optional.of(new TorchOutput(Map.copyOf(names), frame));
  }

  @Override
  public FileLayout layout(Map<String, String> metadata, List<EncodedTensor> tensors) {
    StateDictPickle pickle = new StateDictPickle(frame);
    for (int i = 0; i < tensors.size(); i++) {
      EncodedTensor tensor = tensors.get(i);
      check(tensor);
      pickle.add(tensor.name(), tensor.info(), String.valueOf(i));
      for (String further : furtherNames.getOrDefault(tensor.name(), List.of())) {
        pickle.add(further, tensor.info(), String.valueOf(i));
      }
    }
    ZipLayout zip = new ZipLayout();
    zip.add("data.pkl", pickle.bytes());
    zip.add(".format_version", text("1"));
    zip.add(".storage_alignment", text("64"));
    zip.add("byteorder", text("little"));
    for (int i = 0; i < tensors.size(); i++) {
      zip.add("data/" + i, tensors.get(i));
    }
    zip.add("version", text("3\n"));
    return zip.layout();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void check(EncodedTensor tensor) {
    boolean isPlain = tensor.equals(EncodedTensor.of(tensor.info()));
    if (!isPlain || ElementTypes.nameOf(tensor.info().dtype()).isEmpty()) {
      throw new RequestException(
              "tensor %s: PyTorch has no element type %s"
                  .formatted(Shown.of(tensor.name()), tensor.type()))
          .withTensor(Shown.of(tensor.name()))
          .withRemedy("name an output that ends in .safetensors");
    }
  }
}
