package org.lines4j.internal.renamed;

import java.util.List;
import java.util.Set;
import org.lines4j.tensor.TensorInfo;

/// Tensors that hold nothing that was learned: whatever loads the model makes them anew, and not
/// every version saves them.
final class Buffers {
  private static final Set<String> NAMES =
      Set.of(
          "position_ids",
          "token_type_ids",
          "inv_freq",
          "original_inv_freq",
          "num_batches_tracked",
          "n_averaged",
          "masked_bias",
          "relative_position_index",
          "attn_mask",
          "cos_cached",
          "sin_cached");

  /// What Stable Diffusion's checkpoints have besides, under their whole names: schedules of noise,
  /// counters of averages, marks.
  private static final Set<String> OF_DIFFUSION =
      Set.of(
          "betas",
          "alphas_cumprod",
          "alphas_cumprod_prev",
          "sqrt_alphas_cumprod",
          "sqrt_one_minus_alphas_cumprod",
          "log_one_minus_alphas_cumprod",
          "sqrt_recip_alphas_cumprod",
          "sqrt_recipm1_alphas_cumprod",
          "posterior_variance",
          "posterior_log_variance_clipped",
          "posterior_mean_coef1",
          "posterior_mean_coef2",
          "denoiser.sigmas",
          "model_ema.num_updates",
          "model_ema.decay",
          "v_pred",
          "ztsnr");

  /// Of squares alone.
  private static final Set<String> MASKS = Set.of("mask", "causal_mask");

  /// What GGUF files have besides, under their whole names.
  private static final Set<String> OF_GGUF =
      Set.of("rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight");

  private Buffers() {}

  static boolean isOne(TensorInfo tensor) {
    String[] parts = tensor.name().split("\\.", -1);
    String last = parts[parts.length - 1];
    return NAMES.contains(last)
        || OF_GGUF.contains(tensor.name())
        || OF_DIFFUSION.contains(tensor.name())
        || (MASKS.contains(last) && isSquare(tensor.shape().dims()))
        || isCausalMask(tensor, parts);
  }

  private static boolean isSquare(List<Long> dims) {
    return dims.size() > 1 && dims.getLast().equals(dims.get(dims.size() - 2));
  }

  /// GPT-2's `h.0.attn.bias` and GPT-NeoX's `attention.bias`: a triangle of ones, [1, 1, n, n].
  private static boolean isCausalMask(TensorInfo tensor, String[] parts) {
    List<Long> dims = tensor.shape().dims();
    return parts.length > 1
        && parts[parts.length - 1].equals("bias")
        && (parts[parts.length - 2].equals("attn") || parts[parts.length - 2].equals("attention"))
        && dims.size() == 4
        && dims.get(0) == 1
        && dims.get(1) == 1
        && isSquare(dims);
  }
}
