package org.lines4j.cli;

import java.io.PrintWriter;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.NearestName;
import org.lines4j.error.RequestException;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.method.Parameter;
import org.lines4j.method.Values;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;

/// `lines methods`.
@Command(
    name = "methods",
    header = "List the merge methods, or explain one.",
    customSynopsis = "lines methods [NAME] [OPTIONS]",
    footer = {
      "%nMethods in the jars that LINES_CLASSPATH names are listed too:",
      "docs/your-own-method.md says how to write one."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class MethodsCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      completionCandidates = Names.class,
      description = "A method, to see its parameters, equation and source.")
  private @Nullable String name;

  @Mixin private RunMixin run;

  MethodsCommand() {}

  @Override
  public Integer call() {
    List<MethodType> methods = MethodJars.methods();
    if (name == null) {
      list(methods);
    } else {
      explain(named(name, methods));
    }
    return 0;
  }

  /// What completion offers: the methods that come with lines.
  static final class Names implements Iterable<String> {
    Names() {}

    @Override
    public Iterator<String> iterator() {
      return MethodJars.methods().stream().map(MethodType::name).iterator();
    }
  }

  private static MethodType named(String name, List<MethodType> methods) {
    return methods.stream()
        .filter(method -> method.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new RequestException("there is no merge method '%s'".formatted(name))
                    .withRemedy(
                        NearestName.advice(name, methods.stream().map(MethodType::name).toList())));
  }

  private void list(List<MethodType> methods) {
    if (run.isJson()) {
      Json.print(
          run.out(),
          json -> {
            json.writeArrayPropertyStart("methods");
            for (MethodType method : methods) {
              json.writeStartObject();
              write(json, method);
              json.writeEndObject();
            }
            json.writeEndArray();
          });
      return;
    }
    Table table = new Table("method", "base", "what it does");
    methods.forEach(method -> table.row(method.name(), base(method), method.summary()));
    table.print(run.out());
  }

  private void explain(MethodType method) {
    if (run.isJson()) {
      Json.print(run.out(), json -> write(json, method));
      return;
    }
    PrintWriter out = run.out();
    out.println(method.name() + ": " + method.summary());
    out.println();
    out.println("  " + method.equation());
    out.println();
    out.println(
        "Base model: "
            + base(method)
            + (method.baseUse() == BaseUse.NONE ? ". Models: " : ". Models, the base not counted: ")
            + method.modelsInWords());
    out.println("Source: " + method.citation());
    remark(out, "Cost: ", method.cost());
    remark(out, "Advice: ", method.advice());
    out.println();
    if (method.parameters().isEmpty()) {
      out.println("It has no parameters.");
    } else {
      Table table = new Table("parameter", "of", "default", "values", "what it does");
      method
          .parameters()
          .forEach(
              p ->
                  table.row(p.name(), scope(p), fallback(p), p.values().inWords(), description(p)));
      table.print(out);
    }
    out.flush();
  }

  private static void remark(PrintWriter out, String title, String text) {
    if (!text.isEmpty()) {
      out.println(title + text);
    }
  }

  private static String base(MethodType method) {
    return lower(method.baseUse());
  }

  private static String scope(Parameter parameter) {
    return switch (parameter.scope()) {
      case GLOBAL -> "the merge";
      case MODEL -> "each model";
    };
  }

  private static String description(Parameter parameter) {
    return parameter.description()
        + parameter.condition().map(condition -> "; only where " + condition).orElse("");
  }

  private static String kind(Values values) {
    return switch (values) {
      case Values.Numbers _ -> "number";
      case Values.Flags _ -> "flag";
      case Values.Words _ -> "word";
      case Values.Patterns _ -> "pattern";
    };
  }

  private static Object fallback(Parameter parameter) {
    return parameter.fallback().orElse("(required)");
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static void write(JsonGenerator json, MethodType method) {
    json.writeStringProperty("name", method.name());
    json.writeStringProperty("summary", method.summary());
    json.writeStringProperty("equation", method.equation());
    json.writeStringProperty("citation", method.citation());
    json.writeStringProperty("cost", method.cost());
    json.writeStringProperty("advice", method.advice());
    json.writeStringProperty("base", base(method));
    json.writeArrayPropertyStart("parameters");
    for (Parameter parameter : method.parameters()) {
      json.writeStartObject();
      json.writeStringProperty("name", parameter.name());
      json.writeStringProperty("scope", lower(parameter.scope()));
      json.writeStringProperty("kind", kind(parameter.values()));
      json.writeStringProperty("values", parameter.values().inWords());
      switch (parameter.fallback().orElse("")) {
        case Double number -> json.writeNumberProperty("default", number);
        case Boolean flag -> json.writeBooleanProperty("default", flag);
        case String word when parameter.fallback().isPresent() ->
            json.writeStringProperty("default", word);
        default -> json.writeNullProperty("default");
      }
      json.writeStringProperty("description", parameter.description());
      if (parameter.condition().isPresent()) {
        json.writeStringProperty("only_where", parameter.condition().get().toString());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
