package org.lines4j.internal.renamed;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.config.ModelType;
import org.lines4j.internal.config.TiedEmbeddings;
import org.lines4j.internal.pairing.Misfits;
import org.lines4j.internal.pairing.StoredBytes;
import org.lines4j.internal.work.Source;

/// What a model may have for a task or for a kind of input that another has not: heads, and what
/// makes tokens of images and sounds.
final class Heads {
  private static final Set<String> MODULES =
      Set.of(
          "classifier",
          "classification_head",
          "cls",
          "discriminator_predictions",
          "embed_out",
          "final_logits_bias",
          "generator_lm_head",
          "generator_predictions",
          "lm_head",
          "lm_loss",
          "lm_predictions",
          "logits_proj",
          "mask_predictions",
          "pre_classifier",
          "predictions",
          "qa_outputs",
          "regression_head",
          "score",
          "sequence_summary",
          "sop_classifier",
          "v_head",
          "vocab_layer_norm",
          "vocab_projector",
          "vocab_transform");

  private static final Pattern MODALITY =
      Pattern.compile(
          "(^|[._])(vision|visual|vit|image|video|audio|speech|mm|multi_modal)([._]|$)");

  /// ModernBERT's, of which nothing else may be stored.
  private static final Set<String> OWN_DECODER = Set.of("decoder.weight", "decoder.bias");

  /// What PyTorch's, timm's and others' models have, too; of what Wav2Vec 2 and masked autoencoders
  /// are trained with before, and Wav2Vec 2's classifiers; ColBERT's and ColPali's projections; of
  /// segmentation.
  private static final Pattern HEAD =
      Pattern.compile(
          "^((heads?|fc|fc_norm|linear|dense|decode_head|auxiliary_head|custom_text_proj|embedding_proj_layer|project_hid|project_q|projector|quantizer)\\.|decoder\\.(decoder_|mask_token$))");

  private static final Pattern POOLER = Pattern.compile("^(\\d+\\.)?([a-z]\\w*\\.)*pooler\\.");

  /// Stable Diffusion's and others' of the weights over the training.
  private static final Pattern AVERAGES = Pattern.compile("^(model_ema|ema(_model)?)\\.");

  private static final Set<String> OUTPUT_EMBEDDINGS = Set.of("lm_head", "embed_out");

  private static final Set<String> INPUT_EMBEDDINGS =
      Set.of(
          "embed_tokens",
          "embed_in",
          "embedding",
          "embeddings",
          "shared",
          "tok_embeddings",
          "token_embd",
          "tokens_embed",
          "word_embedding",
          "word_embeddings",
          "wte");

  /// What GGUF files call the output embedding, and nobody else anything.
  private static final String GGUF_HEAD = "output.weight";

  private Heads() {}

  static boolean isOne(String name) {
    String plain = PlainName.of(name);
    int dot = plain.indexOf('.');
    return MODULES.contains(dot < 0 ? plain : plain.substring(0, dot))
        || OWN_DECODER.contains(plain);
  }

  /// Whether it belongs to a head, or may: ModernBERT's `head` is of several tasks.
  static boolean mayBeOne(String name) {
    return isOne(name) || HEAD.matcher(name).find();
  }

  /// Whether it is of what another model may lack: a head, what makes one vector of all tokens,
  /// what is for images or sounds, averages of the weights.
  static boolean isPart(String name) {
    return mayBeOne(name) || isPooler(name) || isOfModality(name) || AVERAGES.matcher(name).find();
  }

  /// Whether it is of what makes one vector of all tokens.
  static boolean isPooler(String name) {
    return POOLER.matcher(name).find();
  }

  /// The outermost module of the head, or of what makes one vector of all tokens, that a tensor is
  /// in: `classifier`, `bert.pooler`.
  static Optional<String> module(String name) {
    Matcher pooler = POOLER.matcher(name);
    if (pooler.find()) {
      return Optional.of(name.substring(0, pooler.end() - 1));
    }
    return mayBeOne(name) && name.contains(".")
        ? Optional.of(name.substring(0, name.indexOf('.')))
        : Optional.empty();
  }

  /// Whether a model's configuration says that it has no head: `BertModel`.
  static boolean isHeadless(Checkpoint model) throws IOException {
    List<String> classes = ModelType.architectures(model.companions());
    return !classes.isEmpty()
        && classes.stream()
            .allMatch(name -> name.endsWith("Model") && !RunningNames.isHeaded(name));
  }

  /// Whether a model's configuration says of which class it is.
  static boolean isClassKnown(Checkpoint model) throws IOException {
    return !ModelType.architectures(model.companions()).isEmpty();
  }

  /// Whether the configurations of two models name the same classes, so that one has no whole part
  /// that the other lacks.
  static boolean areOfOneClass(Checkpoint model, Checkpoint other) throws IOException {
    List<String> classes = ModelType.architectures(model.companions());
    return !classes.isEmpty() && classes.equals(ModelType.architectures(other.companions()));
  }

  /// Whether two tensors can be one by their names: what is of a head, or makes one vector of all
  /// tokens, is the same only in a module that is called the same.
  ///
  /// @param name without what tools put around modules, as the other
  static boolean canBeOne(String name, String other) {
    return part(name).equals(part(other));
  }

  /// What a model has for its task, without what lies in it; empty for what any model has.
  private static Optional<String> part(String name) {
    if (OWN_DECODER.contains(name)) {
      return Optional.of("decoder");
    }
    String[] parts = name.split("\\.", -1);
    for (int i = 0; i < parts.length && (i == 0 || !PlainName.isNumber(parts[i])); i++) {
      if (MODULES.contains(parts[i]) || parts[i].equals("pooler")) {
        return Optional.of(parts[i]);
      }
    }
    return Optional.empty();
  }

  /// Whether it belongs to images or sounds.
  static boolean isOfModality(String name) {
    return MODALITY.matcher(name).find();
  }

  static boolean isOutputEmbedding(String name) {
    return OUTPUT_EMBEDDINGS.contains(holder(name)) || name.equals(GGUF_HEAD);
  }

  /// `lm_head` of `language_model.lm_head.weight`.
  private static String holder(String name) {
    String[] parts = name.split("\\.", -1);
    return parts.length > 1 && parts[parts.length - 1].equals("weight")
        ? parts[parts.length - 2]
        : "";
  }

  /// Whether a tensor is an embedding of tokens, which a head can be one with.
  static boolean isInputEmbedding(String name) {
    return INPUT_EMBEDDINGS.contains(holder(name));
  }

  /// Whether a model's configuration says that its head is not its embedding.
  static boolean isUntied(Checkpoint model) throws IOException {
    return model.isFolder()
        && TiedEmbeddings.of(model.companions()).filter(tied -> !tied).isPresent();
  }

  /// Whether two tensors are the same: type, shape and bytes.
  static boolean isSame(Checkpoint model, NamedTensor a, NamedTensor b) throws IOException {
    return StoredBytes.equal(new Source(model, a.source()), new Source(model, b.source()));
  }

  /// The embedding that is a model's head, for the head that another model stores.
  static Optional<NamedTensor> tied(
      Checkpoint model,
      Map<String, NamedTensor> own,
      Map<String, NamedTensor> theirs,
      NamedTensor head)
      throws IOException {
    if (isUntied(model)) {
      return Optional.empty(); // it was saved without its head
    }
    List<Map.Entry<String, NamedTensor>> inputs =
        own.entrySet().stream()
            .filter(e -> isInputEmbedding(e.getKey()))
            .filter(e -> Misfits.canCombine(e.getValue().info(), head.info()))
            .toList();
    if (inputs.size() != 1) {
      return Optional.empty();
    }
    NamedTensor other = theirs.get(inputs.getFirst().getKey());
    return other == null || isSame(model, other, head)
        ? Optional.empty() // stored twice: known by its bytes
        : Optional.of(inputs.getFirst().getValue());
  }
}
