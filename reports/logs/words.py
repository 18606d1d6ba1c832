"""The words of the log: what each verb of an audit row is called on screen. A test finds verbs without a word."""

from __future__ import annotations

from functools import cache

from django.apps import apps

from accounts.queries import DEEDS

# The rows of 登录日志, with their 结果; everything else belongs to 操作日志.
RESULTS = {
    "login.ok": "成功",
    "login.wrong": "密码错误",
    "login.lock": "已锁定",
    "login.refused": "拒绝",
    "login.code_asked": "密码正确，待动态码",
    "logout": "退出",
}

VERBS = {
    "office.add": "新增机构",
    "office.edit": "编辑机构",
    "office.enable": "启用机构",
    "office.disable": "停用机构",
    "office.delete": "删除机构",
    "role.add": "新增角色",
    "role.edit": "编辑角色",
    "role.enable": "启用角色",
    "role.disable": "停用角色",
    "role.jurisdiction": "设置角色辖区",
    "role.assign": "分配菜单与操作",
    "role.offices": "设置数据明细",
    "role.delete": "删除角色",
    "user.add": "新增用户",
    "user.edit": "编辑用户",
    "user.enable": "启用用户",
    "user.disable": "停用用户",
    "user.roles": "分配用户角色",
    "user.jurisdiction": "设置辖区小区",
    "user.second_factor_on": "开启双因子登录",
    "user.second_factor_off": "关闭双因子登录",
    "user.recovery_codes": "重新生成恢复码",
    "user.second_factor_release": "解除双因子登录",
    "user.backoffice": "准许或收回进入系统后台",
    "user.unlock": "解锁用户",
    "user.reset_password": "重置密码",  # a word, no password  # nosec
    "user.change_password": "修改密码",  # nosec
    "user.import": "导入用户",
    "user.import_undo": "撤销用户导入",
    "parameter.set": "设置参数",
    "dictentry.add": "新增字典条目",
    "dictentry.edit": "编辑字典条目",
    "dictentry.delete": "删除字典条目",
    "batch.upload": "上传导入文件",
    "batch.commit": "确认导入",
    "batch.undo": "撤销导入",
    "job.cancel": "取消后台任务",
    "job.retry": "重试后台任务",
    "community.add": "新增小区",
    "community.edit": "编辑小区",
    "community.move": "迁移小区",
    "community.delete": "删除小区",
    "building.add": "新增楼幢",
    "building.edit": "编辑楼幢",
    "building.move": "迁移楼幢",
    "building.delete": "删除楼幢",
    "building.fill": "批量建楼",
    "unit.add": "新增单元",
    "unit.edit": "编辑单元",
    "unit.move": "迁移单元",
    "unit.delete": "删除单元",
    "room.add": "新增户室",
    "room.import": "导入户室",
    "room.import_requests": "导入生成变更申请",
    "room.import_undo": "撤销户室导入",
    "owner.add": "新增业主",
    "owner.import": "导入业主",
    "owner.import_undo": "撤销业主导入",
    "owner.reveal": "查看敏感信息",
    "owner.switch": "停用或启用业主",
    "owner.delete": "删除业主",
    "change.submit": "提交变更申请",
    "change.edit": "修改变更申请",
    "change.approve": "通过变更申请",
    "change.reject": "驳回变更申请",
    "attachment.add": "上传附件",
    "attachment.remove": "移除附件",
    "attachment.download": "下载附件",
    "change.withdraw": "撤回变更申请",
    "season.add": "新增采暖季",
    "season.open": "采暖季开始缴费",
    "season.heat": "采暖季开始供热",
    "season.end": "采暖季结束",
    "season.archive": "采暖季归档",
    "product.add": "新增产品",
    "product.save": "编辑产品",
    "product.activate": "产品版本生效",
    "product.copy": "复制产品",
    "product.deactivate": "停用产品",
    "product.delete": "删除产品",
    "contract.submit": "提交签约",
    "contract.approve": "通过签约",
    "contract.reject": "驳回签约",
    "contract.withdraw": "撤回签约",
    "contract.terminate": "终止签约",
    "contract.state": "签约状态变化",
    "order.state": "订单状态变化",
    "order.rerate": "订单重新计价",
    "order.roll": "每日滞纳金计算",
    "order.add_arrears": "录入往年欠费",
    "bill_run.finish": "批量开单",
    "excess.add": "转为待退款",
    "payment.take": "收费",
    "payment.reverse": "冲正",
    "receipt.reprint": "补打回单",
}


def verb_word(verb: str) -> str:
    """Return what a deed is called; one without a word is shown as it stands."""
    return VERBS.get(verb) or RESULTS.get(verb) or verb


@cache
def permission_words() -> dict[str, str]:
    """Return "app.codename" → the pages' words of every verb that a role can hold (查看户室, 收费 …)."""
    found = {}
    for model in apps.get_models():
        label, name = model._meta.app_label, str(model._meta.verbose_name)
        for deed in model._meta.default_permissions:
            found[f"{label}.{deed}_{model._meta.model_name}"] = DEEDS.get(deed, deed) + name
        found |= {f"{label}.{codename}": str(word) for codename, word in model._meta.permissions}
    return found
