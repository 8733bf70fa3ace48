package org.lines4j.internal.renamed;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A tensor's name without what tools put around modules, and with today's words for yesterday's.
final class PlainName {
  /// Twice as many as the deepest names have.
  private static final int MOST_DOTS = 32;

  /// What DataParallel, torch.compile, FSDP, activation checkpointing and DeepSpeed put before the
  /// names of the modules that they wrap.
  private static final Set<String> WRAPPERS =
      Set.of(
          "module",
          "_orig_mod",
          "_fsdp_wrapped_module",
          "_checkpoint_wrapped_module",
          "_forward_module");

  /// LeViT's own modules are called so: what wraps a whole model has no number before it.
  private static final Pattern NUMBERED_MODULE = Pattern.compile("\\.\\d+\\.module\\.");

  /// Mixtral's, as transformers 5 calls it, and GPT-NeoX's head.
  private static final Map<String, String> MODULES =
      Map.of("block_sparse_moe", "mlp", "embed_out", "lm_head");

  private static final Map<String, String> EXPERT_PARTS =
      Map.of("w1", "gate_proj", "w2", "down_proj", "w3", "up_proj");

  /// What follows `mlp` in layers with experts, as models were published and as transformers 5
  /// calls it.
  private static final Map<Pattern, String> PARTS_OF_EXPERTS = new LinkedHashMap<>();

  static {
    today("input_linear\\.weight", "experts.gate_up_proj"); // Granite
    today("output_linear\\.weight", "experts.down_proj");
    today("experts\\.fc1\\.weight", "experts.gate_up_proj"); // Aria
    today("experts\\.fc2\\.weight", "experts.down_proj");
    today("router(\\.layer|\\.gate)?\\.weight", "gate.weight"); // Granite, Hunyuan 3, Phi
    today("shared_(?:expert|mlp)\\.(.+)", "shared_experts.$2"); // Laguna, Hunyuan 3
    today("((gate|experts|moe_statics)\\.)*e_score_correction_bias", "e_score_correction_bias");
    today("expert_bias", "e_score_correction_bias"); // Hunyuan 3
  }

  private PlainName() {}

  private static void today(String before, String now) {
    PARTS_OF_EXPERTS.put(Pattern.compile("(.*\\bmlp\\.)" + before), now);
  }

  private static String ofExperts(String name) {
    for (Map.Entry<Pattern, String> rule : PARTS_OF_EXPERTS.entrySet()) {
      Matcher matcher = rule.getKey().matcher(name);
      if (matcher.matches()) {
        return matcher.replaceFirst("$1" + rule.getValue());
      }
    }
    return name;
  }

  static String of(String name) {
    List<String> parts = parts(name);
    for (int i = 0; i < parts.size(); i++) {
      parts.set(i, MODULES.getOrDefault(parts.get(i), parts.get(i)));
      if (i > 1 && isNumber(parts.get(i - 1)) && parts.get(i - 2).equals("experts")) {
        parts.set(i, EXPERT_PARTS.getOrDefault(parts.get(i), parts.get(i)));
      }
    }
    renameNorm(parts);
    return ofExperts(String.join(".", parts));
  }

  /// The name without what tools put around modules, and with BERT's norms called as they are now.
  static String current(String name) {
    List<String> parts = split(unwrapped(name));
    renameLayerNorm(parts);
    return String.join(".", parts);
  }

  /// The name without what tools put around modules.
  static String unwrapped(String name) {
    return NUMBERED_MODULE.matcher(name).find() ? name : String.join(".", parts(name));
  }

  /// What all names begin with, up to the last module that a tool put there; empty where there is
  /// none.
  static String wrapper(Collection<String> names) {
    List<String> front = split(front(names));
    int end = front.size();
    while (end > 0 && !WRAPPERS.contains(front.get(end - 1))) {
      end--;
    }
    return end == 0 ? "" : String.join(".", front.subList(0, end)) + ".";
  }

  /// What stands before all names: Lightning's modules hold models as `model`.
  static String front(Collection<String> names) {
    String first = names.isEmpty() ? "" : names.iterator().next();
    int front = 0;
    for (int dot = first.indexOf('.'); dot >= 0; dot = first.indexOf('.', front)) {
      String start = first.substring(0, dot + 1);
      if (!names.stream().allMatch(name -> name.startsWith(start))) {
        break;
      }
      front = dot + 1;
    }
    return first.substring(0, front);
  }

  private static List<String> split(String name) {
    return new ArrayList<>(List.of(name.split("\\.", -1)));
  }

  /// What stands between the dots, without what tools put around modules.
  private static List<String> parts(String name) {
    List<String> parts = split(name);
    if (parts.size() > 1) {
      String last = parts.getLast();
      parts.removeIf(WRAPPERS::contains);
      if (parts.isEmpty() || !parts.getLast().equals(last)) {
        return new ArrayList<>(List.of(name));
      }
    }
    return parts;
  }

  /// Whether a name says that a tool put something around a module.
  static boolean isWrapped(String name) {
    return Stream.of(name.split("\\.", -1)).anyMatch(WRAPPERS::contains);
  }

  /// Weight norm moved within PyTorch.
  private static void renameNorm(List<String> parts) {
    renameLayerNorm(parts);
    String last = parts.getLast();
    if (last.equals("weight_g") || last.equals("weight_v")) {
      parts.removeLast();
      String now = last.equals("weight_g") ? "original0" : "original1";
      parts.addAll(List.of("parametrizations", "weight", now));
    }
  }

  /// BERT's first checkpoints are from TensorFlow.
  private static void renameLayerNorm(List<String> parts) {
    int last = parts.size() - 1;
    if (last > 0 && parts.get(last - 1).equals("LayerNorm")) {
      parts.set(
          last,
          switch (parts.get(last)) {
            case "gamma" -> "weight";
            case "beta" -> "bias";
            default -> parts.get(last);
          });
    }
  }

  /// Whether a tensor lies deeper than in any model: pairing such names takes time that grows with
  /// the square of their length, and a file may be made for that.
  static boolean isTooDeep(String name) {
    return name.chars().filter(c -> c == '.').limit(MOST_DOTS + 1L).count() > MOST_DOTS;
  }

  static boolean isNumber(String part) {
    return !part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
