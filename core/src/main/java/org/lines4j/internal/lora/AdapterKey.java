package org.lines4j.internal.lora;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the name of a tensor in an adapter's file says: of which module it is, and what part.
///
/// Names are `base_model.model.MODULE.lora_A.weight`; those of raw state dicts have the adapter's
/// name between (`lora_A.default.weight`), those of modules within others `base_layer`.
///
/// @param module its name in the running model; of [Role#WHOLE], the tensor's
/// @param depth how many further changes of parameters of the same module lie around this one
record AdapterKey(String module, Role role, int depth) {
  /// What a tensor is.
  enum Role {
    /// [rank, in], of convolutions [rank, in, …].
    A,
    /// [out, rank], of convolutions [out, rank, 1, …].
    B,
    /// Added to the module's bias, scaled as the product is.
    B_BIAS,
    /// Of an embedding, [rank, tokens].
    EMBEDDING_A,
    /// Of an embedding, [width, rank].
    EMBEDDING_B,
    /// DoRA's: the norm that each output's weights get.
    MAGNITUDE,
    /// New rows of an embedding.
    TOKENS,
    /// Takes the place of the base's.
    WHOLE,
    /// What the base has in the place of a [#WHOLE], which PEFT saves beside it where all biases
    /// are trained, and does not read.
    ORIGINAL
  }

  static final String PREFIX = "base_model.model.";
  private static final String LAYER = ".base_layer";

  private static final Pattern FACTOR =
      Pattern.compile("(?<module>.+)\\.lora_(?<part>[AB])(\\.[^.]+)?\\.(?<kind>weight|bias)");

  private static final Pattern EMBEDDING =
      Pattern.compile("(?<module>.+)\\.lora_embedding_(?<part>[AB])(\\.[^.]+)?");

  private static final Pattern MAGNITUDE =
      Pattern.compile("(?<module>.+)\\.lora_magnitude_vector(\\.[^.]+){0,2}");

  private static final Pattern TOKENS =
      Pattern.compile("(?<module>.+?)(\\.token_adapter)?\\.trainable_tokens_delta(\\.[^.]+)?");

  private static final String ORIGINAL = ".original_module.";

  private static final Pattern SAVED = Pattern.compile("\\.modules_to_save(\\.default)?\\.");

  /// What a name says; empty if it is no name of an adapter's tensor.
  static Optional<AdapterKey> of(String name) {
    String own = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    Matcher factor = FACTOR.matcher(own);
    if (factor.matches()) {
      boolean isB = factor.group("part").equals("B");
      boolean isBias = factor.group("kind").equals("bias");
      return isBias && !isB
          ? Optional.empty()
          : Optional.of(at(factor, isBias ? Role.B_BIAS : isB ? Role.B : Role.A));
    }
    Matcher embedding = EMBEDDING.matcher(own);
    if (embedding.matches()) {
      boolean isB = embedding.group("part").equals("B");
      return Optional.of(at(embedding, isB ? Role.EMBEDDING_B : Role.EMBEDDING_A));
    }
    Matcher magnitude = MAGNITUDE.matcher(own);
    if (magnitude.matches()) {
      return Optional.of(at(magnitude, Role.MAGNITUDE));
    }
    Matcher tokens = TOKENS.matcher(own);
    if (tokens.matches()) {
      return Optional.of(at(tokens, Role.TOKENS));
    }
    if (own.contains("lora_") || own.contains("token_adapter.t")) {
      return Optional.empty();
    }
    String whole = own.replace(LAYER, "").replace(".token_adapter", "");
    return Optional.of(
        whole.contains(ORIGINAL)
            ? new AdapterKey(whole.replace(ORIGINAL, "."), Role.ORIGINAL, 0)
            : new AdapterKey(SAVED.matcher(whole).replaceAll("."), Role.WHOLE, 0));
  }

  /// Whether the name says that its module is one of `modules_to_save`, as PEFT names those that it
  /// finds by other means.
  static boolean isSaved(String name) {
    return SAVED.matcher(name).find();
  }

  /// Another part of the same change.
  AdapterKey of(Role other) {
    return new AdapterKey(module, other, depth);
  }

  private static AdapterKey at(Matcher match, Role role) {
    String module = match.group("module");
    int depth = 0;
    while (module.endsWith(LAYER)) {
      module = module.substring(0, module.length() - LAYER.length());
      depth++;
    }
    return new AdapterKey(module.replace(LAYER, ""), role, depth);
  }
}
