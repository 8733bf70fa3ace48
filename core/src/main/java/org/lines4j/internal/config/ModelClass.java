package org.lines4j.internal.config;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The class of a model, as `architectures` names it: whose it is, such as Llama, and what its head
/// is for.
///
/// @param family in lower case
/// @param head `ForCausalLM`; empty for a model without one
record ModelClass(String family, String head) {
  /// `[FSDPLlamaForCausalLM]`: training runs of FSDP put its name in front.
  private static final Pattern NAME =
      Pattern.compile(
          "\\[?(FSDP)?(?<family>[^,\\]]*?)(?<head>For[A-Z][^,\\]]*|(With)?LMHead[^,\\]]*|DoubleHeads[^,\\]]*|)(Model)?([,\\]].*)?");

  private static final Pattern CLASSIFIER =
      Pattern.compile("For\\w*(Classification|MultipleChoice)");
  private static final Pattern LEFT_TO_RIGHT = Pattern.compile("ForCausalLM|(With)?LMHead.*");
  private static final Pattern BOTH_WAYS = Pattern.compile("ForMaskedLM");

  /// What a configuration says.
  ///
  /// @param text a list of names, the first of which counts
  static ModelClass of(String text) {
    Matcher name = NAME.matcher(text);
    return name.matches()
        ? new ModelClass(name.group("family").toLowerCase(Locale.ROOT), name.group("head"))
        : new ModelClass(text, "");
  }

  /// The name of a family's class with another head: `LlamaForSequenceClassification` of
  /// `LlamaForCausalLM`. Empty if the name tells no family.
  static Optional<String> withHead(String name, String head) {
    Matcher own = NAME.matcher(name);
    return own.matches() && !own.group("family").isEmpty()
        ? Optional.of(own.group("family") + head)
        : Optional.empty();
  }

  /// Whether both compute the same with tensors of one name. Heads for other tasks have tensors of
  /// other names, which show; but classifiers of texts and of tokens have the same, and so have
  /// models that look left and both ways.
  boolean isLike(ModelClass other) {
    return isUnknown()
        || other.isUnknown()
        || (family.equals(other.family) && !isOtherTask(other) && !other.isOtherTask(this));
  }

  private boolean isUnknown() {
    return family.isEmpty() || family.startsWith("peft");
  }

  private boolean isOtherTask(ModelClass other) {
    boolean areClassifiers =
        CLASSIFIER.matcher(head).matches() && CLASSIFIER.matcher(other.head).matches();
    return (areClassifiers && !head.equals(other.head))
        || (LEFT_TO_RIGHT.matcher(head).matches() && BOTH_WAYS.matcher(other.head).matches());
  }
}
