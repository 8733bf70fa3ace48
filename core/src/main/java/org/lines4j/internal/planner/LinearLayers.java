package org.lines4j.internal.planner;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.lora.LayerKeys;
import org.lines4j.internal.renamed.PeftQuirk;
import org.lines4j.internal.renamed.RunningNames;
import org.lines4j.tensor.TensorInfo;

/// The layers of a model whose matrices an adapter can change by products, as far as names and
/// shapes tell.
final class LinearLayers {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  /// PEFT makes factors of embeddings in another way, and none of heads that are tied to them. What
  /// transformers' models call them, of tokens, positions, segments and distances.
  private static final Pattern TOKENS =
      Pattern.compile(
          "(^|\\.)(embed\\w*(\\.\\d+)?|\\w*embeddings?(_?\\d+|\\.\\d+|_table)?|\\w*_(embed|emb|embedder|embeds_layer)|wte|wpe|w|shared|lm_head"
              + "|relative_attention_bias|bias_values|pe_k|mask_tokens|query_feat|reference_points|codebook|HashBucketCodepointEmbedder_\\d+)\\.weight$");

  /// Norms of heads are matrices, and no linear layers.
  private static final Pattern NORM = Pattern.compile("norm\\d*\\.weight$");

  /// What PyTorch's own attention holds beside the layer of its outputs.
  private static final String ATTENTION = "in_proj_weight";

  private static final String OUTPUTS = ".out_proj";

  private final Checkpoint base;
  private final RunningNames names;
  private final List<PeftQuirk> quirks;
  private final boolean areTurned;

  /// Those of a base.
  ///
  /// @param names what its tensors are called once it runs
  LinearLayers(Checkpoint base, RunningNames names) {
    this.base = base;
    this.names = names;
    this.quirks = names.quirks();
    this.areTurned = storesInputsFirst();
  }

  /// Whether a tensor is such a matrix.
  boolean isLayer(TensorInfo info) {
    return info.name().endsWith(WEIGHT)
        && info.shape().rank() == 2
        && info.shape().dims().stream().allMatch(extent -> extent > 1)
        && !isEmbedding(info.name())
        && !NORM.matcher(info.name()).find()
        && !isOfAttention(module(info.name()));
  }

  /// Whether a module is within PyTorch's own attention, which reads its weights and never runs it,
  /// nor factors beside it.
  boolean isOfAttention(String module) {
    return module.endsWith(OUTPUTS)
        && base.find(module.substring(0, module.length() - OUTPUTS.length() + 1) + ATTENTION)
            .isPresent();
  }

  /// Whether PEFT can change a tensor by a product.
  boolean takesProduct(TensorInfo info) {
    return isLayer(info)
        && quirks.stream()
            .filter(quirk -> quirk.kind() == PeftQuirk.Kind.TAKES_NO_PRODUCT)
            .noneMatch(quirk -> quirk.concerns(info.name()));
  }

  /// What an adapter calls the factors of a layer.
  LayerKeys keys(StoredTensor layer) {
    return LayerKeys.of(names.of(module(layer.name())), layer.info().shape(), isTurned(layer));
  }

  /// Whether a tensor is called as embeddings are, or heads that are tied to them.
  static boolean isEmbedding(String name) {
    return TOKENS.matcher(name).find();
  }

  private static String module(String weight) {
    return weight.substring(0, weight.length() - WEIGHT.length());
  }

  /// Whether layers that are square store [in, out]: as those do of which their biases tell.
  private boolean storesInputsFirst() {
    int turned = 0;
    for (StoredTensor tensor : base.tensors()) {
      List<Long> dims = tensor.info().shape().dims();
      long outputs = outputs(tensor).orElse(0L);
      if (isLayer(tensor.info()) && !dims.get(0).equals(dims.get(1)) && outputs > 0) {
        turned += dims.get(1) == outputs ? 1 : dims.get(0) == outputs ? -1 : 0;
      }
    }
    return turned > 0;
  }

  /// How many outputs a layer has, by its bias.
  private Optional<Long> outputs(StoredTensor weight) {
    String name = weight.name().replaceFirst("\\.weight$", BIAS);
    return base.find(name).map(bias -> bias.info().elements());
  }

  private boolean isTurned(StoredTensor tensor) {
    List<Long> dims = tensor.info().shape().dims();
    return areTurned && outputs(tensor).map(outputs -> outputs.equals(dims.get(1))).orElse(false);
  }
}
