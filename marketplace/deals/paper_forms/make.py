"""Write the Word forms of agreements: ``python -m marketplace.deals.paper_forms.make``.

The layout is that of Decree 30/2020/NĐ-CP, annex I (domain page 4.4): A4, margins, Times New Roman
13 and 14, national title with its rule, page number in the middle of the top margin but not on the
first page. Places to fill are tags of docxtpl; a clerk may as well edit the forms in Word.
"""

# ruff: noqa: E501  the sentences of contracts

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt
from docx.table import _Cell as Cell
from docx.text.paragraph import Paragraph

FOLDER = Path(__file__).parent
FONT = "Times New Roman"

CIVIL_CODE = "Căn cứ Bộ luật Dân sự số 91/2015/QH13 ngày 24 tháng 11 năm 2015;"
TRADE_LAW = "Căn cứ Luật Thương mại số 36/2005/QH11 ngày 14 tháng 6 năm 2005;"
DECREE_98 = (
    "Căn cứ Nghị định số 98/2018/NĐ-CP ngày 05 tháng 7 năm 2018 của Chính phủ về chính sách khuyến "
    "khích phát triển hợp tác, liên kết trong sản xuất và tiêu thụ sản phẩm nông nghiệp;"
)
TWINNING = "Căn cứ bản ký kết kết nghĩa giữa {{ source }} và {{ market }};"
NEEDS = "Căn cứ nhu cầu và khả năng của các bên,"

Clause = tuple[str, tuple[str, ...]]

SUBJECT: Clause = (
    "Đối tượng",
    (
        "Các bên thỏa thuận về: {{ subject }}.",
        "{%p if quantity %}",
        "Số lượng: {{ quantity }}. Đơn giá: {{ unit_price }}/{{ unit }}.",
        "{%p endif %}",
        "Tổng giá trị: {{ value }} (bằng chữ: …………………………………………).",
        "Giá trên đã gồm/chưa gồm thuế giá trị gia tăng: …………………… (các bên ghi rõ).",
    ),
)
TIME: Clause = (
    "Thời hạn",
    (
        (
            "Từ ngày {{ starts_on }}{% if ends_on %} đến hết ngày {{ ends_on }}{% endif %}."
            "{% if not ends_on %} Ngày kết thúc: ……………………{% endif %}"
        ),
    ),
)


def _worded(title: str, name: str, otherwise: str) -> Clause:
    """What the parties wrote themselves, or what they still have to write."""
    return (
        title,
        (
            f"{{%p for line in {name} %}}",
            "{{ line }}",
            "{%p endfor %}",
            f"{{%p if not {name} %}}",
            otherwise,
            "{%p endif %}",
        ),
    )


DELIVERY = _worded(
    "Giao nhận",
    "delivery",
    "Địa điểm giao nhận: ……………………. Phương tiện: ……………………. Bên chịu cước vận chuyển: …………………….",
)
PAYMENT = _worded(
    "Thanh toán",
    "payment",
    "Hình thức: chuyển khoản/tiền mặt. Thời hạn: …… ngày kể từ ngày nhận đủ hàng và chứng từ.",
)
QUALITY = _worded(
    "Chất lượng, giấy tờ kèm theo",
    "quality",
    "Quy cách, chất lượng: ……………………. Giấy tờ kèm theo: …………………….",
)


def _either(of_sale: str, of_investment: str) -> str:
    """Words for a sale, or for an investment: a memorandum serves both."""
    return f"{{% if quantity %}}{of_sale}{{% else %}}{of_investment}{{% endif %}}"


TO_BE_DONE = (
    _worded(
        _either("Giao nhận", "Cách thực hiện"),
        "delivery",
        _either(
            "Địa điểm giao nhận: ……………………. Phương tiện: ……………………. "
            "Bên chịu cước vận chuyển: …………………….",
            "Địa điểm: ……………………. Các bước và thời gian từng bước: …………………….",
        ),
    ),
    _worded(
        _either("Thanh toán", "Góp vốn"),
        "payment",
        _either(
            "Hình thức: chuyển khoản/tiền mặt. Thời hạn: …… ngày kể từ ngày nhận đủ hàng và "
            "chứng từ.",
            "Góp bằng tiền/tài sản/công sức: ……………………. Thời gian góp: …………………….",
        ),
    ),
    _worded(
        _either("Chất lượng, giấy tờ kèm theo", "Hồ sơ, giấy phép"),
        "quality",
        _either(
            "Quy cách, chất lượng: ……………………. Giấy tờ kèm theo: …………………….",
            "Hồ sơ, giấy phép cần có: ……………………. Bên lo hồ sơ: …………………….",
        ),
    ),
)
CHECKING: Clause = (
    "Kiểm nhận",
    (
        (
            "Mỗi đợt giao có phiếu giao nhận ghi rõ số lượng thực nhận, phần đạt, phần xuống loại và "
            "phần trả lại kèm lý do, có chữ ký hoặc xác nhận của bên giao và bên nhận."
        ),
        (
            "Số lượng và giá trị thực hiện tính theo phiếu đã được hai bên xác nhận, không tính theo "
            "số lượng cam kết."
        ),
    ),
)
FORCE_MAJEURE: Clause = (
    "Sự kiện bất khả kháng",
    (
        (
            "Sự kiện bất khả kháng là sự kiện xảy ra khách quan, không thể lường trước và không thể "
            "khắc phục được dù đã áp dụng mọi biện pháp cần thiết và khả năng cho phép, theo khoản 1 "
            "Điều 156 Bộ luật Dân sự, như sạt lở, lũ, bão, dịch bệnh, đường bị cấm."
        ),
        (
            "Bên gặp sự kiện báo ngay cho các bên còn lại bằng cách nhanh nhất. Thời hạn thực hiện "
            "được kéo dài bằng thời gian bị ảnh hưởng; thời gian đó không tính là chậm."
        ),
    ),
)
BREACH: Clause = (
    "Trách nhiệm khi vi phạm",
    (
        (
            "Bên không thực hiện hoặc thực hiện không đúng thì phải khắc phục và bồi thường thiệt hại "
            "thực tế theo quy định của pháp luật."
        ),
        (
            "Mức phạt vi phạm (nếu các bên thỏa thuận): ……%, không quá 8% giá trị phần nghĩa vụ bị vi "
            "phạm (Điều 301 Luật Thương mại)."
        ),
    ),
)
DISPUTES: Clause = (
    "Giải quyết tranh chấp",
    (
        (
            "Khi có bất đồng, các bên thương lượng trước; có thể mời {{ source }} và {{ market }} cùng "
            "hòa giải. Không thỏa thuận được thì đưa ra Tòa án có thẩm quyền."
        ),
    ),
)
OTHER = _worded("Thỏa thuận khác", "other", "Không có/……………………")
LAST: Clause = (
    "Hiệu lực",
    (
        (
            "{{ Paper }} có hiệu lực từ ngày ký, được lập thành …… bản có giá trị như nhau, mỗi bên "
            "giữ …… bản."
        ),
        (
            "Mọi sửa đổi phải được các bên thỏa thuận bằng văn bản. Các bên đã đọc, hiểu rõ và tự "
            "nguyện ký tên dưới đây./."
        ),
    ),
)

MEMORANDUM = (
    (
        TWINNING,
        CIVIL_CODE,
        NEEDS,
    ),
    (
        (
            "Mục đích và nguyên tắc",
            (
                (
                    "Các bên ghi nhận mong muốn hợp tác trên nguyên tắc tự nguyện, bình đẳng, cùng có lợi, "
                    "tôn trọng pháp luật và phong tục của đồng bào Cơ Tu."
                ),
                (
                    "Bản ghi nhớ này thể hiện ý định hợp tác. Nghĩa vụ mua bán, góp vốn cụ thể chỉ phát "
                    "sinh khi các bên ký hợp đồng."
                ),
            ),
        ),
        (
            "Nội dung dự kiến",
            (
                "Nội dung: {{ subject }}.",
                "{%p if quantity %}",
                "Số lượng dự kiến: {{ quantity }}. Đơn giá dự kiến: {{ unit_price }}/{{ unit }}.",
                "{%p endif %}",
                "Tổng giá trị dự kiến: {{ value }}.",
            ),
        ),
        TIME,
        *TO_BE_DONE,
        (
            "Việc mỗi bên làm tiếp",
            (
                "{%p for party in parties %}",
                "{{ party.letter }}: ………………………………………………………………",
                "{%p endfor %}",
            ),
        ),
        OTHER,
        LAST,
    ),
)
FRAME = (
    (
        TWINNING,
        CIVIL_CODE,
        TRADE_LAW,
        NEEDS,
    ),
    (
        (
            "Nguyên tắc chung",
            (
                "Hợp đồng này là khung cho các lần mua bán giữa các bên trong thời hạn hợp đồng.",
                (
                    "Mỗi lần giao hàng thực hiện theo đơn gọi hàng; đơn gọi hàng đã được bên bán trả lời "
                    "nhận là một phần của hợp đồng này."
                ),
            ),
        ),
        SUBJECT,
        TIME,
        (
            "Đơn gọi hàng",
            (
                (
                    "Bên mua gửi đơn gọi hàng ghi số lượng và ngày giao, trước …… ngày. Bên bán trả lời "
                    "nhận đủ, nhận một phần hoặc không nhận trong …… ngày."
                ),
                "Giá trong đơn là giá tại Điều 2, trừ khi các bên thỏa thuận khác bằng văn bản.",
            ),
        ),
        DELIVERY,
        QUALITY,
        CHECKING,
        PAYMENT,
        FORCE_MAJEURE,
        BREACH,
        DISPUTES,
        OTHER,
        LAST,
    ),
)
OFFTAKE = (
    (
        TWINNING,
        CIVIL_CODE,
        TRADE_LAW,
        NEEDS,
    ),
    (
        SUBJECT,
        (
            "Cam kết bao tiêu",
            (
                (
                    "Bên mua cam kết mua hết số lượng tại Điều 1 khi hàng đạt chất lượng đã thỏa thuận. "
                    "Bên bán cam kết dành đủ số lượng đó cho bên mua."
                ),
                (
                    "Khi giá thị trường lúc giao chênh lệch quá ……% so với giá tại Điều 1, các bên gặp "
                    "nhau thỏa thuận lại giá; trong thời gian đó vẫn giao nhận theo giá cũ."
                ),
                (
                    "Sản lượng thấp hơn vì thiên tai thì bên bán báo trước …… ngày và giao phần thực có; "
                    "bên bán không bị phạt."
                ),
            ),
        ),
        TIME,
        DELIVERY,
        QUALITY,
        CHECKING,
        PAYMENT,
        FORCE_MAJEURE,
        BREACH,
        DISPUTES,
        OTHER,
        LAST,
    ),
)
LINKAGE = (
    (
        TWINNING,
        CIVIL_CODE,
        DECREE_98,
        NEEDS,
    ),
    (
        (
            "Hình thức liên kết",
            (
                (
                    "Các bên liên kết theo hình thức quy định tại khoản {{ form_number }} Điều 4 Nghị định "
                    "số 98/2018/NĐ-CP: {{ form_words }}."
                ),
            ),
        ),
        SUBJECT,
        (
            "Phần việc của mỗi bên trong liên kết",
            (
                "{%p if has_supplies %}",
                (
                    "Cung ứng vật tư, dịch vụ đầu vào: bên thực hiện ……………………; loại, số lượng, giá, cách "
                    "trả lại: ……………………."
                ),
                "{%p endif %}",
                "{%p if has_growing %}",
                (
                    "Tổ chức sản xuất, thu hoạch: bên thực hiện ……………………; nơi sản xuất, diện tích, quy "
                    "trình áp dụng: ……………………."
                ),
                "{%p endif %}",
                "{%p if has_processing %}",
                "Sơ chế hoặc chế biến: bên thực hiện ……………………; nơi làm, yêu cầu: …………………….",
                "{%p endif %}",
                "Tiêu thụ sản phẩm: bên mua cam kết mua theo Điều 2 và các điều dưới đây.",
            ),
        ),
        TIME,
        DELIVERY,
        QUALITY,
        CHECKING,
        PAYMENT,
        (
            "Chính sách hỗ trợ",
            (
                (
                    "Khi đủ điều kiện, các bên cùng lập hồ sơ đề nghị hỗ trợ theo các Điều 7, 8 và 9 Nghị "
                    "định số 98/2018/NĐ-CP. Bên chủ trì liên kết: ……………………."
                ),
            ),
        ),
        FORCE_MAJEURE,
        (
            BREACH[0],
            (
                BREACH[1][0],
                (
                    "Bên đã nhận hỗ trợ của Nhà nước mà tự ý bỏ liên kết thì chịu trách nhiệm theo quy "
                    "định tại Nghị định số 98/2018/NĐ-CP."
                ),
            ),
        ),
        DISPUTES,
        OTHER,
        LAST,
    ),
)

FORMS = {
    "memorandum": ("BẢN GHI NHỚ", *MEMORANDUM),
    "frame": ("HỢP ĐỒNG NGUYÊN TẮC", *FRAME),
    "offtake": ("HỢP ĐỒNG BAO TIÊU SẢN PHẨM", *OFFTAKE),
    "linkage": ("HỢP ĐỒNG LIÊN KẾT SẢN XUẤT VÀ TIÊU THỤ NÔNG SẢN", *LINKAGE),
}


def form(title: str, bases: Iterable[str], clauses: Iterable[Clause]) -> Paper:
    """One form, complete."""
    paper = Document()
    _sheet(paper)
    _head(paper, title)
    for basis in bases:
        _body(paper, basis, italic=True)
    _body(paper, "Hôm nay, ngày …… tháng …… năm ………, tại ……………………, chúng tôi gồm:")
    _parties(paper)
    _body(paper, "Sau khi trao đổi, các bên thống nhất:")
    for number, (heading, lines) in enumerate(clauses, start=1):
        _body(paper, f"Điều {number}. {heading}", bold=True, keep=True)
        for line in lines:
            _body(paper, line)
    paper.paragraphs[-1].paragraph_format.keep_with_next = True  # no page of signatures alone
    _signatures(paper)
    return paper


def _sheet(paper: Paper) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.different_first_page_header_footer = True
    style = paper.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(14)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    number = section.header.paragraphs[0]
    number.alignment = ALIGN.CENTER
    run = number.add_run()
    run.font.size = Pt(13)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run._r.append(_field_part(kind, text))  # noqa: SLF001  python-docx has no fields


def _field_part(kind: str | None, text: str | None) -> BaseOxmlElement:
    if kind is not None:
        part = OxmlElement("w:fldChar")
        part.set(qn("w:fldCharType"), kind)
        return part
    part = OxmlElement("w:instrText")
    part.set(qn("xml:space"), "preserve")
    part.text = text
    return part


def _head(paper: Paper, title: str) -> None:
    draft = _line(paper, "BẢN NHÁP – các bên đọc kỹ, sửa cho đúng rồi mới ký; xóa dòng này khi ký")
    draft.runs[0].italic = True
    draft.runs[0].font.size = Pt(11)
    _line(paper, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=13, bold=True)
    _line(paper, "Độc lập - Tự do - Hạnh phúc", bold=True)
    _rule(paper, sides=Mm(48))
    name = _line(paper, title, bold=True)
    name.paragraph_format.space_before = Pt(18)
    _line(paper, "{{ about }}", bold=True)
    _rule(paper, sides=Mm(60))
    number = _line(paper, "Số: …………/…………", size=13)
    number.paragraph_format.space_after = Pt(12)


def _line(paper: Paper, text: str, *, size: int = 14, bold: bool = False) -> Paragraph:
    line = paper.add_paragraph()
    line.alignment = ALIGN.CENTER
    line.paragraph_format.space_after = Pt(0)
    run = line.add_run(text)
    run.bold, run.font.size = bold, Pt(size)
    return line


def _rule(paper: Paper, *, sides: Mm) -> None:
    """A rule under the words above it: the border of an empty, indented line."""
    rule = paper.add_paragraph()
    style = rule.paragraph_format
    style.left_indent = style.right_indent = sides
    style.space_after, style.line_spacing = Pt(6), Pt(3)
    border = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    border.append(top)
    rule._p.get_or_add_pPr().append(border)  # noqa: SLF001


def _body(
    paper: Paper, text: str, *, bold: bool = False, italic: bool = False, keep: bool = False
) -> None:
    body = paper.add_paragraph()
    run = body.add_run(text)
    run.bold, run.italic = bold, italic
    style = body.paragraph_format
    style.alignment = ALIGN.LEFT if "…" in text else ALIGN.JUSTIFY  # blanks are not stretched
    style.first_line_indent = Mm(12.7)
    style.space_after, style.line_spacing = Pt(6), 1.15
    style.keep_with_next = keep


def _parties(paper: Paper) -> None:
    _body(paper, "{%p for party in parties %}")
    _body(paper, "{{ party.letter }} ({{ party.role }}): {{ party.name }}", bold=True, keep=True)
    _body(paper, "Địa chỉ: {{ party.address }}. Điện thoại: {{ party.phone }}.")
    _body(paper, "Mã số thuế/Số định danh: {{ party.tax_code }}.")
    _body(paper, "Đại diện: ………………………………. Chức vụ: ……………………")
    _body(paper, "{%p endfor %}")


def _signatures(paper: Paper) -> None:
    table = paper.add_table(rows=3, cols=2)
    table.autofit = False
    opening, row, closing = table.rows
    _cell(opening.cells[0], "{%tr for two in signing %}")
    for cell, party in zip(row.cells, ("two[0]", "two[1]"), strict=True):
        _cell(cell, f"{{{{ {party}.title }}}}", bold=True)
        _cell(cell, f"{{{{ {party}.how }}}}", italic=True, size=12, again=True)
        _cell(cell, "", again=True, space=72)
    _cell(closing.cells[0], "{%tr endfor %}")


def _cell(
    cell: Cell,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: int = 13,
    again: bool = False,
    space: int = 0,
) -> None:
    line = cell.add_paragraph() if again else cell.paragraphs[0]
    line.alignment = ALIGN.CENTER
    line.paragraph_format.space_after = Pt(space)
    line.paragraph_format.keep_with_next = not space
    run = line.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)


def main() -> None:
    """Write every form beside this module."""
    for name, (title, bases, clauses) in FORMS.items():
        form(title, bases, clauses).save(str(FOLDER / f"{name}.docx"))


if __name__ == "__main__":
    main()
