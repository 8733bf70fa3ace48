package org.lines4j.lab.encoder;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.lines4j.lab.image.Images;

/// An image encoder that gives each image a unit vector; images and classes whose vectors point the
/// same way belong together.
///
/// On disk a folder: `model.safetensors` with tensors named as in CLIP's vision tower, and
/// `config.json`. Any number of threads may embed at the same time; each uses one core.
public final class Encoder implements AutoCloseable {
  /// Images at a time: enough to fill the matrix products, few enough to stay in the cache.
  private static final int BATCH = 64;

  private static final String WEIGHTS = "model.safetensors";

  private final Weights weights;
  private final NDManager manager;
  private final NDList views;

  private Encoder(Weights weights) {
    this.weights = weights;
    this.manager = Torch.manager();
    this.views =
        ForwardPass.views(
            weights.layout().layout(),
            Torch.array(manager, weights.values(), weights.values().length));
  }

  /// One with fresh random weights, which the seed determines.
  public static Encoder create(ImageConfig config, long seed) {
    return new Encoder(Weights.random(config, seed));
  }

  /// One that was saved.
  ///
  /// @throws org.lines4j.error.InputException if a file is missing or malformed, or a tensor does
  ///   not fit
  public static Encoder load(Path folder) throws IOException {
    return new Encoder(read(folder));
  }

  static Weights read(Path folder) throws IOException {
    EncoderLayout layout = EncoderLayout.of(ConfigFile.read(folder));
    return new Weights(layout, FloatFile.read(folder, layout.tensors()));
  }

  /// Saves it as a new folder, which appears complete or not at all.
  ///
  /// @throws org.lines4j.error.RequestException if something is there already
  public void save(Path folder) throws IOException {
    try (NewFolder made = NewFolder.at(folder)) {
      write(weights, made.path());
      made.publish();
    }
  }

  static void write(Weights weights, Path folder) throws IOException {
    FloatFile.write(folder.resolve(WEIGHTS), weights.layout().tensors(), weights.values());
    ConfigFile.write(folder, weights.layout().config());
  }

  /// The file that holds a saved encoder's weights.
  static Path weightsOf(Path folder) {
    return folder.resolve(WEIGHTS);
  }

  /// Its sizes.
  public ImageConfig config() {
    return weights.layout().config();
  }

  /// The images' unit vectors, one after the other.
  public float[] embed(Images images) {
    ImageConfig config = config();
    ImageInput.check(config, images);
    float[] embeddings = new float[images.count() * config.embedding()];
    for (int from = 0; from < images.count(); from += BATCH) {
      int count = Math.min(BATCH, images.count() - from);
      ImageInput input = new ImageInput(config, count);
      for (int i = 0; i < count; i++) {
        input.put(images, from + i, i);
      }
      try (NDManager scope = Torch.manager()) {
        float[] part = ForwardPass.run(config, views, input.array(scope)).toFloatArray();
        System.arraycopy(part, 0, embeddings, from * config.embedding(), part.length);
      }
    }
    return embeddings;
  }

  /// All weights, in the order of the tensors in its file.
  float[] values() {
    return Arrays.copyOf(weights.values(), weights.values().length);
  }

  /// Frees its memory.
  @Override
  public void close() {
    manager.close();
  }
}
