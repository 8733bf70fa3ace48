package org.lines4j.internal.llamacpp;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.format.Checkpoint;
import org.lines4j.tensor.TensorInfo;

/// What a model's tensors are called by Hugging Face's transformers and in GGUF files.
///
/// ```text
/// model.layers.3.self_attn.q_proj.weight   blk.3.attn_q.weight
/// model.embed_tokens.weight                token_embd.weight
/// ```
final class TensorNames {
  private static final String EMBEDDING = "embed_tokens.weight";
  private static final String HEAD = "lm_head.weight";

  private static final Pattern LAYER =
      Pattern.compile("layers\\.(?<number>\\d{1,9})\\.(?<module>.+)\\.(?<part>weight|bias)");
  private static final Pattern BLOCK =
      Pattern.compile("blk\\.(?<number>\\d{1,9})\\.(?<module>[^.]+)\\.(?<part>weight|bias)");

  private final String prefix;
  private final Map<String, String> modules;
  private final Map<String, String> backwards = new HashMap<>();
  private final Map<String, String> outside = new HashMap<>();

  private TensorNames(Family family, String prefix, String head) {
    this.prefix = prefix;
    this.modules = family.modules();
    modules.forEach((own, theirs) -> backwards.put(theirs, own));
    outside.put(prefix + EMBEDDING, "token_embd.weight");
    outside.put(prefix + "norm.weight", "output_norm.weight");
    outside.put(head, "output.weight");
    Map.copyOf(outside).forEach((own, theirs) -> backwards.put(theirs, own));
  }

  /// The names of a model of transformers; empty where it has not one input embedding.
  static Optional<TensorNames> of(Checkpoint model, Family family) {
    List<String> embeddings = ending(model, EMBEDDING);
    if (embeddings.size() != 1) {
      return Optional.empty();
    }
    String embedding = embeddings.getFirst();
    String prefix = embedding.substring(0, embedding.length() - EMBEDDING.length());
    List<String> heads = ending(model, HEAD);
    return Optional.of(
        new TensorNames(family, prefix, heads.size() == 1 ? heads.getFirst() : HEAD));
  }

  private static List<String> ending(Checkpoint model, String end) {
    return model.infos().stream()
        .map(TensorInfo::name)
        .filter(name -> name.equals(end) || name.endsWith("." + end))
        .toList();
  }

  /// Whether some of a model's tensors have GGUF's names.
  static boolean areConverted(Checkpoint model) {
    return model.infos().stream()
        .anyMatch(
            info ->
                info.name().equals("token_embd.weight") || BLOCK.matcher(info.name()).matches());
  }

  /// GGUF's name; empty for a tensor that it has none for.
  Optional<String> converted(String name) {
    if (outside.containsKey(name)) {
      return Optional.ofNullable(outside.get(name));
    }
    if (!name.startsWith(prefix)) {
      return Optional.empty();
    }
    Matcher layer = LAYER.matcher(name.substring(prefix.length()));
    return layer.matches()
        ? Optional.ofNullable(modules.get(layer.group("module")))
            .map(module -> "blk.%s.%s.%s".formatted(layer.group("number"), module, part(layer)))
        : Optional.empty();
  }

  /// The name that transformers has for a tensor of a GGUF file; empty where it has none.
  Optional<String> stored(String name) {
    Matcher block = BLOCK.matcher(name);
    if (!block.matches()) {
      return Optional.ofNullable(backwards.get(name));
    }
    return Optional.ofNullable(backwards.get(block.group("module")))
        .map(
            module ->
                "%slayers.%s.%s.%s".formatted(prefix, block.group("number"), module, part(block)));
  }

  private static String part(Matcher match) {
    return match.group("part");
  }
}
